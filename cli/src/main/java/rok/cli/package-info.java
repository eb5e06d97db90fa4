/** The rok command: one class for each subcommand, and main, which wires the parts. */
@NullMarked
package rok.cli;

import org.jspecify.annotations.NullMarked;
