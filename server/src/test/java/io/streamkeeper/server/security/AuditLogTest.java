package io.streamkeeper.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("audit");
    }

    private static void record(AuditLog log, String who, String path) {
        log.record(1_800_000_000_000L, who, "read", path, 200, null);
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void theFileIsForItsOwnerOnlyAlsoAfterARotation() throws IOException {
        try (AuditLog log = AuditLog.open(file)) {
            assertThat(mode(file)).isEqualTo("rw-------");
            Files.move(file, folder.resolve("rotated"));
            record(log, "alice", "/a");
        }
        assertThat(mode(file)).isEqualTo("rw-------");
        assertThat(Files.readString(file)).contains("\"who\":\"alice\"");
    }

    @Test
    void aNameThatIsNoUnicodePreventsNoLine() throws IOException {
        try (AuditLog log = AuditLog.open(file)) {
            record(log, "first", "/a");
            record(log, "bad\ud800", "/b");
            record(log, "last", "/c");
        }
        assertThat(Files.readAllLines(file)).hasSize(3).last().asString().contains("last");
        assertThat(Files.readString(file)).contains("\"bad?\"").doesNotContain("droppedBefore");
    }

    @Test
    void aPathIsRecordedUpToABound() throws IOException {
        try (AuditLog log = AuditLog.open(file)) {
            record(log, "alice", "/" + "a".repeat(AuditLog.PATH_MAX - 1) + "b");
        }
        assertThat(Files.readString(file))
                .contains("\"/" + "a".repeat(AuditLog.PATH_MAX - 1) + "\"")
                .doesNotContain("ab");
    }
}
