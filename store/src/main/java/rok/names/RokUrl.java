package rok.names;

/** Names a version: {@code /rok/swift/v1/<account>/<bucket>/<file>?version=<uuid>}. */
public record RokUrl(AccountName account, BucketName bucket, FileName file, VersionId version) {}
