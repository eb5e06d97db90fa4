/** The store's real code under a seeded scheduler, with clocks, delays, faults and deaths that the seed decides. */
@NullMarked
package rok.simulation;

import org.jspecify.annotations.NullMarked;
