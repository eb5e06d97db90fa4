/** The pipeline that a tagged notebook describes: steps, what each depends on, loads and saves. */
@NullMarked
package rok.pipeline;

import org.jspecify.annotations.NullMarked;
