package rok.catalog;

import java.time.Instant;
import rok.names.BucketName;

/** A named set of files. The creation time is the epoch where the bucket's record is damaged or gone. */
public record Bucket(BucketName name, String description, Instant created) {}
