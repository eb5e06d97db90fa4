/** An object store on S3 and on servers that speak it. The only user of an S3 client. */
@NullMarked
package rok.s3;

import org.jspecify.annotations.NullMarked;
