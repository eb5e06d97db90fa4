/** A notebook's cells and their tags, as its author wrote them. */
@NullMarked
package rok.notebook;

import org.jspecify.annotations.NullMarked;
