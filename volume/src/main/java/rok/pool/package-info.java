/** Pools: file systems that share blocks and hold the images of disks; what attaches, freezes, copies and compares those. */
@NullMarked
package rok.pool;

import org.jspecify.annotations.NullMarked;
