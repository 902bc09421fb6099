package io.streamkeeper.tier;

import io.streamkeeper.protocol.Digits;
import io.streamkeeper.storage.tier.ObjectStore;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/**
 * Objects below a prefix of a bucket. Safe for use by any thread; each call ends within the timeout of the client, or, if
 * it sends an object, within the time that this takes at {@value #BYTES_PER_SECOND_MIN} bytes a second in addition.
 *
 * <p>An object is created with the CRC32C of the extent file, which the service compares, and which is also in its
 * metadata, because not every service returns the checksum of an object.
 */
final class S3Objects implements ObjectStore {
    private static final String TYPE = "application/octet-stream";
    private static final String CHECKSUM = "streamkeeper-crc32c";
    private static final long BYTES_PER_SECOND_MIN = 256 << 10;
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes [0-9]{1,18}-([0-9]{1,18})/([0-9]{1,18})");
    private static final int NOT_FOUND = 404;
    private static final int PRECONDITION_FAILED = 412;
    private static final int RANGE_NOT_SATISFIABLE = 416;

    private final S3Client client;
    private final S3Client creating;
    private final S3Location location;
    private final Duration timeout;

    /**
     * Objects below a location.
     *
     * @param creating creates them, and does not repeat what has failed
     */
    S3Objects(S3Client client, S3Client creating, S3Location location, Duration timeout) {
        this.client = client;
        this.creating = creating;
        this.location = location;
        this.timeout = timeout;
    }

    private String full(String key) {
        return location.prefix() + key;
    }

    @Override
    public void create(String key, Source source) throws IOException {
        Duration longest = timeout.plusSeconds(source.bytes() / BYTES_PER_SECOND_MIN);
        byte[] checksum =
                ByteBuffer.allocate(Integer.BYTES).putInt(source.checksum()).array();
        PutObjectRequest request = PutObjectRequest.builder()
                .bucket(location.bucket())
                .key(full(key))
                .ifNoneMatch("*")
                .checksumCRC32C(Base64.getEncoder().encodeToString(checksum))
                .metadata(Map.of(CHECKSUM, HexFormat.of().formatHex(checksum)))
                .overrideConfiguration(call -> call.apiCallTimeout(longest))
                .build();
        try {
            creating.putObject(
                    request, RequestBody.fromContentProvider(() -> new SourceStream(source), source.bytes(), TYPE));
        } catch (SdkException e) {
            if (status(e) == PRECONDITION_FAILED) {
                throw new ObjectExistsException(key);
            }
            throw failure("create", key, e);
        }
    }

    @Override
    public @Nullable Stored find(String key) throws IOException {
        try {
            HeadObjectResponse head = client.headObject(
                    request -> request.bucket(location.bucket()).key(full(key)));
            return new Stored(head.contentLength(), checksum(head.metadata().get(CHECKSUM)));
        } catch (SdkException e) {
            if (status(e) == NOT_FOUND) {
                return null;
            }
            throw failure("find", key, e);
        }
    }

    private static @Nullable Integer checksum(@Nullable String hex) {
        return hex == null || !hex.matches("[0-9a-f]{8}") ? null : HexFormat.fromHexDigits(hex);
    }

    @Override
    public void read(String key, long position, ByteBuffer into) throws IOException {
        int bytes = into.remaining();
        GetObjectRequest request = GetObjectRequest.builder()
                .bucket(location.bucket())
                .key(full(key))
                .range("bytes=" + position + "-" + (position + bytes - 1))
                .build();
        try (ResponseInputStream<GetObjectResponse> answer = client.getObject(request)) {
            try {
                fill(key, answer, into);
            } catch (IOException | RuntimeException | Error e) {
                answer.abort();
                throw e;
            }
        } catch (SdkException e) {
            if (status(e) == NOT_FOUND) {
                throw new NoSuchFileException(key);
            }
            if (status(e) == RANGE_NOT_SATISFIABLE) {
                throw new EOFException(key + " ends before " + position);
            }
            throw failure("read", key, e);
        }
    }

    /** Whether a field {@code Content-Range}, such as {@code bytes 10-19/20}, ends with the object. */
    private static boolean isUpToTheEnd(@Nullable String range) {
        Matcher parts = CONTENT_RANGE.matcher(range == null ? "" : range);
        return parts.matches() && Digits.toLong(parts.group(1)) + 1 == Digits.toLong(parts.group(2));
    }

    private void fill(String key, ResponseInputStream<GetObjectResponse> answer, ByteBuffer into) throws IOException {
        long begunNanos = System.nanoTime();
        long bytes = answer.response().contentLength();
        if (bytes < into.remaining() && isUpToTheEnd(answer.response().contentRange())) {
            throw new EOFException(key + " ends " + (into.remaining() - bytes) + " bytes early");
        }
        if (bytes != into.remaining()) {
            throw new IOException(
                    "the service answers a request for " + into.remaining() + " bytes of " + key + " with " + bytes);
        }
        byte[] part = new byte[Math.min(into.remaining(), 64 << 10)];
        while (into.hasRemaining()) {
            int count = answer.read(part, 0, Math.min(part.length, into.remaining()));
            if (count < 0) {
                throw new IOException("the answer ends " + into.remaining() + " bytes early");
            }
            if (System.nanoTime() - begunNanos > timeout.toNanos()) {
                throw new IOException("the answer has taken longer than " + timeout.toMillis() + " ms");
            }
            into.put(part, 0, count);
        }
    }

    @Override
    public List<String> list(String prefix) throws IOException {
        int skipped = location.prefix().length();
        try {
            return client
                    .listObjectsV2Paginator(
                            request -> request.bucket(location.bucket()).prefix(full(prefix)))
                    .contents()
                    .stream()
                    .map(object -> object.key().substring(skipped))
                    .sorted()
                    .toList();
        } catch (SdkException e) {
            throw failure("list", prefix, e);
        }
    }

    @Override
    public void delete(String key) throws IOException {
        try {
            client.deleteObject(request -> request.bucket(location.bucket()).key(full(key)));
        } catch (SdkException e) {
            if (status(e) != NOT_FOUND) {
                throw failure("delete", key, e);
            }
        }
    }

    /** The status of the answer, or 0 if there was none. */
    private static int status(SdkException e) {
        return e instanceof AwsServiceException answered ? answered.statusCode() : 0;
    }

    private static IOException failure(String call, String key, SdkException e) {
        return new IOException("cannot " + call + " " + key + ": " + e.getMessage(), e);
    }

    @Override
    public void close() {
        client.close();
        creating.close();
    }
}
