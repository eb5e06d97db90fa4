/**
 * The HTTP contract and the documents of {@code --json}, as records whose components are the documents' keys in camel
 * case; {@link Documents} writes them in snake case. docs/reference/json.md describes each.
 */
@NullMarked
package rok.api;

import org.jspecify.annotations.NullMarked;
