package rok.api;

import java.time.Instant;
import rok.catalog.Bucket;
import rok.names.AccountName;

/** A bucket in a list. */
public record BucketItem(String name, String account, String description, Instant created) {
    public static BucketItem of(AccountName account, Bucket bucket) {
        return new BucketItem(bucket.name().value(), account.value(), bucket.description(), bucket.created());
    }
}
