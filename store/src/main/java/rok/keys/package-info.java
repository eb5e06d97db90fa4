/** Who can open an encrypted repository: key slots, and the ring of keys that they open. */
@NullMarked
package rok.keys;

import org.jspecify.annotations.NullMarked;
