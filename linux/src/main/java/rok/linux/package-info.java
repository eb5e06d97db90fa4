/** Linux system calls through the foreign function interface, with file names as bytes: the only package that uses java.lang.foreign. */
@NullMarked
package rok.linux;

import org.jspecify.annotations.NullMarked;
