package io.streamkeeper.storage.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.streamkeeper.storage.disk.LocalDisk;
import io.streamkeeper.storage.disk.RecordingDisk;
import io.streamkeeper.storage.disk.SimulatedDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    @TempDir
    private Path folder;

    /** Otherwise a power cut takes the directory away together with everything that was synced in it. */
    @Test
    void theNameOfANewDirectoryIsDurableBeforeItsDescription() throws IOException {
        RecordingDisk disk = new RecordingDisk(new SimulatedDisk(new Random(1)));
        disk.createDirectories(Path.of("/srv"));
        disk.operations().clear();
        DataDirectory.open(disk, Path.of("/srv/streams/data"), 0, 2, false);
        List<String> operations = disk.operations();
        int described = operations.indexOf("create /srv/streams/data/FORMAT.tmp");
        assertThat(operations.subList(0, described))
                .containsSubsequence(
                        "createDirectories /srv/streams/data", "syncDirectory /srv", "syncDirectory /srv/streams");
    }

    @Test
    void theNameOfADirectoryThatALockHasMadeIsDurable() throws IOException {
        RecordingDisk disk = new RecordingDisk(new LocalDisk());
        Path data = folder.resolve("streams/data");
        DirectoryLock.take(disk, data).close();
        assertThat(disk.operations()).contains("syncDirectory " + folder, "syncDirectory " + folder.resolve("streams"));
    }

    @Test
    void whatIsMadeIsForItsOwnerAndForReadingByItsGroup() throws IOException {
        assumeThat(Files.getFileStore(folder).supportsFileAttributeView("posix"))
                .isTrue();
        Path data = folder.resolve("streams/data");
        DirectoryLock.take(new LocalDisk(), data).close();
        DataDirectory.open(new LocalDisk(), data, 0, 1, false);
        try (Stream<Path> made = Files.walk(folder.resolve("streams"))) {
            for (Path path : made.toList()) {
                Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
                assertThat(permissions)
                        .as(path.toString())
                        .contains(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE)
                        .doesNotContain(
                                PosixFilePermission.OTHERS_READ,
                                PosixFilePermission.OTHERS_WRITE,
                                PosixFilePermission.OTHERS_EXECUTE,
                                PosixFilePermission.GROUP_WRITE);
            }
        }
    }

    @Test
    void aDirectoryThatIsAFileIsNamedSo() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThatThrownBy(() -> DirectoryLock.take(new LocalDisk(), file))
                .hasMessageContaining(file + " is a file, expected a directory");
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nowhere"));
        assertThatThrownBy(() -> DirectoryLock.take(new LocalDisk(), link))
                .hasMessageContaining(link + " is a symbolic link to nothing, expected a directory");
    }
}
