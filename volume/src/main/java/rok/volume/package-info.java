/** Directory volumes: walking one, seeing what changed since the last time, freezing, cloning and writing one out. */
@NullMarked
package rok.volume;

import org.jspecify.annotations.NullMarked;
