package io.streamkeeper.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.output.LogsFaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The message to systemd, by a program that stands for systemd-notify. */
class SystemdNoticeTest {
    private static final Map<String, String> SERVICE = Map.of(SystemdNotice.SOCKET, "/run/systemd/notify");

    @TempDir
    private Path folder;

    private Path program(String script) throws IOException {
        Path program = Files.writeString(folder.resolve("program"), "#!/bin/sh\n" + script + "\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        return program;
    }

    @Test
    void systemdIsNotifiedAtTheSocketThatItNames() throws IOException {
        Path sent = folder.resolve("sent");
        SystemdNotice.ready(
                SERVICE, program("echo \"$NOTIFY_SOCKET $*\" > '" + sent + "'").toString());
        assertThat(sent).hasContent("/run/systemd/notify --ready");
    }

    @Test
    void aProcessThatSystemdHasNotStartedNotifiesNobody() throws IOException {
        Path sent = folder.resolve("sent");
        SystemdNotice.ready(Map.of(), program("touch '" + sent + "'").toString());
        assertThat(sent).doesNotExist();
    }

    @Test
    @LogsFaults("systemd waits for the message that the server is ready")
    void aProgramThatFailsIsLogged() throws IOException {
        SystemdNotice.ready(SERVICE, program("exit 3").toString());
    }

    @Test
    @LogsFaults("systemd waits for the message that the server is ready")
    void aMachineWithoutTheProgramIsLogged() {
        SystemdNotice.ready(SERVICE, folder.resolve("none").toString());
    }
}
