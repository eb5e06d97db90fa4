/** What a snapshot is made of: the contents of files, and the trees of folders. */
@NullMarked
package rok.snapshot;

import org.jspecify.annotations.NullMarked;
