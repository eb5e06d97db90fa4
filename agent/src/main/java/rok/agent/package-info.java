/** Where store and volumes meet: Snapshotter, Restorer and Cloner each tell one flow. */
@NullMarked
package rok.agent;

import org.jspecify.annotations.NullMarked;
