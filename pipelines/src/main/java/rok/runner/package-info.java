/** Runs a pipeline on this machine, each step between two snapshots. */
@NullMarked
package rok.runner;

import org.jspecify.annotations.NullMarked;
