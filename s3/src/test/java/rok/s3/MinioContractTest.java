package rok.s3;

import rok.object.ObjectStore;
import rok.testkit.ObjectStoreContract;
import rok.testkit.S3Server.Kind;

/** The contract, on MinIO. */
class MinioContractTest extends ObjectStoreContract {
    private final String prefix = Servers.newPrefix();

    @Override
    protected ObjectStore open() throws Exception {
        return Servers.store(Servers.port(Kind.MINIO), prefix);
    }
}
