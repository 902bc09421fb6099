package io.streamkeeper.tier;

import io.streamkeeper.storage.tier.ObjectStore;
import io.streamkeeper.storage.tier.ObjectStoreConfig;
import io.streamkeeper.storage.tier.ObjectStoreProvider;
import java.io.IOException;
import java.time.Duration;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** Opens objects in S3-compatible storage. Credentials are those of the SDK's default chain. */
public final class S3Provider implements ObjectStoreProvider {
    /** The region in which requests to another service than that of AWS are signed, unless one is configured. */
    private static final Region REGION_OF_OTHERS = Region.US_EAST_1;

    /**
     * A client that sends each request once. Of a request that is repeated, an earlier attempt may take effect after the
     * answer to a later one: an object that is deleted then comes back.
     */
    private static S3Client once(S3ClientBuilder builder, Duration timeout) {
        return builder.overrideConfiguration(
                        calls -> calls.apiCallTimeout(timeout).retryStrategy(AwsRetryStrategy.doNotRetry()))
                .build();
    }

    @Override
    public String scheme() {
        return "s3";
    }

    @Override
    public ObjectStore open(ObjectStoreConfig config) throws IOException {
        S3Location location = S3Location.of(config.location());
        Duration timeout = Duration.ofMillis(config.timeoutMillis());
        // Checksums that the SDK adds by itself are refused by some services; each upload has that of the extent file.
        S3ClientBuilder builder = S3Client.builder()
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(timeout.dividedBy(2))
                        .socketTimeout(timeout.dividedBy(2)))
                .overrideConfiguration(calls -> calls.apiCallTimeout(timeout));
        if (config.endpoint() != null) {
            builder.endpointOverride(config.endpoint()).forcePathStyle(true).region(REGION_OF_OTHERS);
        }
        if (config.region() != null) {
            builder.region(Region.of(config.region()));
        }
        try {
            S3Client client = builder.build();
            // From the same builder, which it changes.
            S3Client creating = once(builder, timeout);
            return new S3Objects(client, creating, location, timeout);
        } catch (SdkException e) {
            throw new IllegalArgumentException(
                    "tier is \"" + config.location() + "\", but the service cannot be used: " + e.getMessage()
                            + "; expected a region in --tier-region or in the environment of the AWS SDK",
                    e);
        }
    }
}
