/** The web page and its REST API over one store. */
@NullMarked
package rok.gateway;

import org.jspecify.annotations.NullMarked;
