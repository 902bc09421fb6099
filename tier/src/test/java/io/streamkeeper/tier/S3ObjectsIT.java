package io.streamkeeper.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.storage.tier.ObjectStore;
import io.streamkeeper.tier.FaultProxy.Fault;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Objects in a real S3 server, with a network that fails. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class S3ObjectsIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final byte[] BYTES = bytes(3_000_000);

    @TempDir
    static Path directory;

    private S3Server server;
    private static int tests;

    private FaultProxy proxy;
    private S3Objects objects;

    /** The server that is tested. */
    S3Server.Kind kind() {
        return S3Server.Kind.S3PROXY;
    }

    @BeforeAll
    void start() throws IOException {
        server = S3Server.start(kind(), directory);
    }

    @AfterAll
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void open() throws IOException {
        proxy = new FaultProxy(server.endpoint());
        tests++;
        objects = objects(proxy.endpoint());
    }

    private static S3Objects objects(URI endpoint) {
        return new S3Objects(
                S3Server.client(endpoint, TIMEOUT),
                S3Server.client(endpoint, TIMEOUT),
                new S3Location(S3Server.BUCKET, "test-" + tests + "/"),
                TIMEOUT);
    }

    @AfterEach
    void close() throws IOException {
        objects.close();
        proxy.close();
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    /** The bytes of an object, and a checksum that is said to be theirs. */
    private static final class Bytes implements ObjectStore.Source {
        private final byte[] all;
        private final int checksum;

        Bytes(byte[] all, int checksum) {
            this.all = all;
            this.checksum = checksum;
        }

        static Bytes of(byte[] all) {
            CRC32C crc = new CRC32C();
            crc.update(all);
            return new Bytes(all, (int) crc.getValue());
        }

        @Override
        public long bytes() {
            return all.length;
        }

        @Override
        public int checksum() {
            return checksum;
        }

        @Override
        public void read(long position, ByteBuffer into) {
            into.put(all, (int) position, into.remaining());
        }
    }

    private byte[] read(String key, int position, int length) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(length);
        objects.read(key, position, into);
        return into.array();
    }

    @Test
    void anObjectIsFoundReadByRangesAndDeleted() throws IOException {
        Bytes source = Bytes.of(BYTES);
        assertThat(objects.find("a/1")).isNull();
        objects.create("a/1", source);
        assertThat(objects.find("a/1")).isEqualTo(new ObjectStore.Stored(BYTES.length, source.checksum()));
        assertThat(read("a/1", 0, 10)).isEqualTo(Arrays.copyOf(BYTES, 10));
        assertThat(read("a/1", 1 << 20, 1 << 20)).isEqualTo(Arrays.copyOfRange(BYTES, 1 << 20, 2 << 20));
        assertThat(read("a/1", BYTES.length - 1, 1)).isEqualTo(new byte[] {BYTES[BYTES.length - 1]});
        objects.delete("a/1");
        objects.delete("a/1");
        assertThat(objects.find("a/1")).isNull();
        assertThatThrownBy(() -> read("a/1", 0, 1)).isInstanceOf(NoSuchFileException.class);
    }

    /** It is damaged, and not out of reach. */
    @Test
    void aReadBeyondTheEndOfAnObjectSaysSo() throws IOException {
        objects.create("short", Bytes.of(bytes(100)));
        assertThatThrownBy(() -> read("short", 50, 51)).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> read("short", 100, 1)).isInstanceOf(EOFException.class);
    }

    @Test
    void keysAreListedInOrderHoweverManyThereAre() throws IOException {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 1_100; i++) {
            keys.add(String.format(Locale.ROOT, "b/%04d", i));
        }
        for (String key : keys) {
            objects.create(key, Bytes.of(bytes(1)));
        }
        objects.create("a/1", Bytes.of(bytes(1)));
        assertThat(objects.list("b/")).isEqualTo(keys);
        assertThat(objects.list("")).hasSize(1_101);
        assertThat(objects.list("c/")).isEmpty();
    }

    @Test
    void anObjectIsNeverReplaced() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<Boolean>> creations = new ArrayList<>();
            for (int i = 1; i <= 8; i++) {
                Bytes source = Bytes.of(bytes(i));
                creations.add(threads.submit(() -> isCreated("a/1", source)));
            }
            int created = 0;
            for (Future<Boolean> each : creations) {
                created += each.get() ? 1 : 0;
            }
            assertThat(created).isEqualTo(1);
        } finally {
            threads.shutdown();
        }
        ObjectStore.Stored stored = objects.find("a/1");
        assertThat(stored).isNotNull();
        assertThat(isCreated("a/1", Bytes.of(BYTES))).isFalse();
        assertThat(objects.find("a/1")).isEqualTo(stored);
    }

    private boolean isCreated(String key, Bytes source) throws IOException {
        try {
            objects.create(key, source);
            return true;
        } catch (IOException e) {
            // A service may close the connection before it has received the bytes of an object that exists.
            assertThat(objects.find(key)).isNotNull();
            return false;
        }
    }

    @ParameterizedTest
    @EnumSource(value = Fault.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void eachCallFailsInTimeAndCanBeRepeated(Fault fault) throws IOException {
        objects.create("a/1", Bytes.of(BYTES));
        proxy.fault(fault);
        long begin = System.nanoTime();
        assertThatThrownBy(() -> read("a/1", 0, 1 << 20)).isInstanceOf(IOException.class);
        if (fault != Fault.CUT) {
            assertThatThrownBy(() -> objects.create("a/2", Bytes.of(BYTES))).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> objects.find("a/1")).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> objects.list("a/")).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> objects.delete("a/1")).isInstanceOf(IOException.class);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(TIMEOUT.multipliedBy(12));
        proxy.fault(Fault.NONE);
        isCreated("a/2", Bytes.of(BYTES));
        assertThat(read("a/2", 100, 1 << 20)).isEqualTo(Arrays.copyOfRange(BYTES, 100, 100 + (1 << 20)));
    }

    @Test
    void bytesThatAreNotThoseOfTheChecksumAreNotTaken() throws IOException {
        Bytes wrong = new Bytes(BYTES, 0x01020304);
        try {
            objects.create("a/1", wrong);
        } catch (IOException e) {
            assertThat(objects.find("a/1")).isNull();
        }
    }

    @Test
    void anObjectAsLongAsAnExtentIsCreated() throws IOException {
        byte[] large = bytes(64 << 20);
        isCreated("large", Bytes.of(large));
        assertThat(read("large", 40 << 20, 1 << 20)).isEqualTo(Arrays.copyOfRange(large, 40 << 20, 41 << 20));
    }
}
