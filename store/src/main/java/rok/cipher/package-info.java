/** Keys and what is done with them: chunks, documents and names of one account, encrypted and back. */
@NullMarked
package rok.cipher;

import org.jspecify.annotations.NullMarked;
