/** Contracts that every implementation passes, and faults to inject; test scope only. */
@NullMarked
package rok.testkit;

import org.jspecify.annotations.NullMarked;
