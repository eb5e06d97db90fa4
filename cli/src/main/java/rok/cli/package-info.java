/**
 * The {@code rok} command: one class for each subcommand, and {@link rok.cli.Main}, which wires the parts. To add a
 * command: implement {@link rok.cli.Command} with picocli's annotations and add one line to {@link rok.cli.Commands}.
 * A command prints through {@link rok.cli.Output}, reaches the store through {@link rok.cli.Session}, and throws; what
 * an exception means to a user is in {@link rok.cli.Failures} alone.
 */
@NullMarked
package rok.cli;

import org.jspecify.annotations.NullMarked;
