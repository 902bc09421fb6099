package io.streamkeeper.storage.directory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.storage.disk.DiskFile;
import io.streamkeeper.storage.disk.SimulatedDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes of {@code MANIFEST} and {@code FORMAT}: format version 4, which does not change. */
class DirectoryGoldenBytesTest {
    private static final UUID STORE = UUID.fromString("00010203-0405-0607-0809-0a0b0c0d0e0f");
    private static final Path DATA = Path.of("/data");
    private static final Path COPY = Path.of("/copy");
    private static final Path SHARD = DATA.resolve("shard-003");

    private static final String MANIFEST = """
            streamkeeper manifest 2
            store 00010203-0405-0607-0809-0a0b0c0d0e0f
            shard 3
            checkpoint-lsn 42
            first-segment 7
            last-generation 1700000000000000
            next-file 8
            extent 6 4096
            extent 7 512 1700000000123
            crc32c 2ea58214
            """;

    private static final String FORMAT = """
            streamkeeper data 4
            store 00010203-0405-0607-0809-0a0b0c0d0e0f
            shards 4
            created 2026-11-25T21:00:00Z
            crc32c 92280b23
            """;

    private static final String FORMAT_OF_VERSION_3 = """
            streamkeeper data 3
            store 00010203-0405-0607-0809-0a0b0c0d0e0f
            shards 4
            created 2026-11-25T21:00:00Z
            crc32c 6c44cab7
            """;

    private static final String FORMAT_OF_VERSION_2 = """
            streamkeeper data 2
            store 00010203-0405-0607-0809-0a0b0c0d0e0f
            shards 4
            created 2026-11-25T21:00:00Z
            crc32c 488b8aeb
            """;

    private final SimulatedDisk disk = new SimulatedDisk(new Random(1));

    private void write(Path path, String text) throws IOException {
        disk.createDirectories(path.getParent());
        try (DiskFile file = disk.create(path)) {
            file.writeFully(0, ByteBuffer.wrap(text.getBytes(UTF_8)));
        }
    }

    private String read(Path path) throws IOException {
        try (DiskFile file = disk.open(path)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
            file.readFully(0, bytes);
            return UTF_8.decode(bytes.flip()).toString();
        }
    }

    @Test
    void aManifest() throws IOException {
        Manifest manifest = new Manifest(
                STORE,
                3,
                42,
                7,
                1_700_000_000_000_000L,
                8,
                List.of(new Manifest.ExtentRef(6, 4_096), new Manifest.ExtentRef(7, 512, 1_700_000_000_123L)));
        disk.createDirectories(SHARD);
        manifest.write(disk, SHARD);
        assertThat(read(SHARD.resolve("MANIFEST"))).isEqualTo(MANIFEST);
        assertThat(Manifest.read(disk, SHARD)).isEqualTo(manifest);
    }

    @Test
    void aManifestOfAReplicatedLog() throws IOException {
        Manifest manifest = new Manifest(STORE, 3, 42, 7, 9, 8, new LogPlace(5, 1_234), List.of());
        disk.createDirectories(SHARD);
        manifest.write(disk, SHARD);
        assertThat(read(SHARD.resolve("MANIFEST"))).isEqualTo("""
                        streamkeeper manifest 2
                        store 00010203-0405-0607-0809-0a0b0c0d0e0f
                        shard 3
                        checkpoint-lsn 42
                        first-segment 7
                        last-generation 9
                        next-file 8
                        applied 5 1234
                        crc32c 53a6ac14
                        """);
        assertThat(Manifest.read(disk, SHARD)).isEqualTo(manifest);
    }

    @Test
    void aFormat() throws IOException {
        write(DATA.resolve("FORMAT"), FORMAT);
        DataDirectory data = DataDirectory.read(disk, DATA);
        assertThat(data).isEqualTo(new DataDirectory(DATA, STORE, 4));
        assertThat(data.shard(3)).isEqualTo(SHARD);
        disk.createDirectories(COPY);
        data.describe(disk, COPY);
        assertThat(read(COPY.resolve("FORMAT"))).isEqualTo(FORMAT);
    }

    @ParameterizedTest
    @ValueSource(strings = {FORMAT_OF_VERSION_2, FORMAT_OF_VERSION_3})
    void aDirectoryOfAnOlderVersionIsReadAndBecomesOneOfThisVersionWhenItIsOpened(String format) throws IOException {
        write(DATA.resolve("FORMAT"), format);
        for (int shard = 0; shard < 4; shard++) {
            Path directory = DATA.resolve("shard-00" + shard);
            disk.createDirectories(directory.resolve("journal"));
            disk.createDirectories(directory.resolve("extents"));
            Manifest.empty(STORE, shard).write(disk, directory);
        }

        assertThat(DataDirectory.read(disk, DATA)).isEqualTo(new DataDirectory(DATA, STORE, 4));
        DataDirectory.requireUsable(disk, DATA, 0, true);
        assertThat(read(DATA.resolve("FORMAT"))).isEqualTo(format);

        assertThat(DataDirectory.open(disk, DATA, 0, 1, true)).isEqualTo(new DataDirectory(DATA, STORE, 4));
        assertThat(read(DATA.resolve("FORMAT"))).isEqualTo(FORMAT);
    }

    @Test
    void aNewDirectoryHasTheSameLines() throws IOException {
        DataDirectory made = DataDirectory.open(disk, DATA, 0, 4, false);
        assertThat(read(DATA.resolve("FORMAT")))
                .matches("streamkeeper data 4\nstore " + made.store()
                        + "\nshards 4\ncreated [0-9T:.-]+Z\ncrc32c [0-9a-f]{8}\n");
    }
}
