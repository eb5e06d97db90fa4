/** Tar archives (docs/format/archive.md): TarWriter, TarReader. */
@NullMarked
package rok.tar;

import org.jspecify.annotations.NullMarked;
