package io.streamkeeper.storage.directory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.storage.directory.ObjectList.StoredObject;
import io.streamkeeper.storage.disk.DamagedFileException;
import io.streamkeeper.storage.disk.LocalDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectListTest {
    private static final ObjectList LIST = ObjectList.empty(new UUID(1, 2), 3, "s3://bucket/prefix")
            .begin("a/1")
            .begin("a/2")
            .begin("a/3")
            .complete(7, new StoredObject("a/1", 1_000, 0x00c0ffee))
            .abandon("a/2", 1_700_000_000_000L);

    @TempDir
    Path directory;

    @Test
    void itIsReadAsItWasWritten() throws IOException {
        LIST.write(new LocalDisk(), directory);
        assertThat(Files.readString(directory.resolve("OBJECTS"), UTF_8)).isEqualTo("""
                        streamkeeper objects 1
                        store 00000000-0000-0001-0000-000000000002
                        shard 3
                        location s3://bucket/prefix
                        object 7 1000 00c0ffee a/1
                        begun a/3
                        unneeded 1700000000000 a/2
                        crc32c 6e9b8b37
                        """);
        assertThat(ObjectList.read(new LocalDisk(), directory)).isEqualTo(LIST);
    }

    @Test
    void aKeyIsInItFromBeforeItsObjectExistsUntilItDoesNot() {
        assertThat(LIST.copies()).containsOnlyKeys(7L);
        ObjectList dropped = LIST.drop(7, 5);
        assertThat(dropped.copies()).isEmpty();
        assertThat(dropped.unneeded()).containsEntry("a/1", 5L).containsKey("a/2");
        ObjectList last = dropped.deleted("a/1").deleted("a/2");
        assertThat(last.isEmpty()).isFalse();
        assertThat(last.abandon("a/3", 6).deleted("a/3").isEmpty()).isTrue();
        assertThat(LIST.drop(8, 5)).isEqualTo(LIST);
    }

    @Test
    void damageIsRefused() throws IOException {
        LIST.write(new LocalDisk(), directory);
        Path file = directory.resolve("OBJECTS");
        Files.writeString(file, Files.readString(file, UTF_8).replace("1000", "1001"), UTF_8);
        assertThatThrownBy(() -> ObjectList.read(new LocalDisk(), directory)).isInstanceOf(DamagedFileException.class);
    }
}
