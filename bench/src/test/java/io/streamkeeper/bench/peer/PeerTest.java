package io.streamkeeper.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.bench.load.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PeerTest {
    @TempDir
    private Path scripts;

    @Test
    void runningServerIsGivenByItsUrl() {
        Peer peer = Peer.of("mine=http://127.0.0.1:99/v1/stream/,pid=12", scripts);
        assertThat(peer).isEqualTo(new Peer("mine", Path.of(""), "", "http://127.0.0.1:99/v1/stream/", 12, 0));
        assertThat(peer.hasScript()).isFalse();
        assertThat(Peer.of("x=http://h/", scripts).pid()).isZero();
    }

    @Test
    void runningServerGetsHttp2WithSomeStreamsOnAConnection() {
        Peer peer = Peer.of("mine=https://127.0.0.1:99/v1/stream/,http2=64,pid=12", scripts);
        assertThat(peer.pid()).isEqualTo(12);
        assertThat(peer.runningTarget().transport()).isEqualTo(new Transport(true, true, 64));
        assertThatThrownBy(() -> Peer.of("mine=http://h/,http3=1", scripts))
                .hasMessageContaining("'http3=1' in peer 'mine' is unknown; expected pid=PID or http2=STREAMS");
    }

    @Test
    void scriptReportsItsInstallHintAndPath() throws Exception {
        script("fake", "case $1 in check) echo 'install fake'; exit 1;; path) echo /s/;; esac");
        Peer peer = Peer.of("fake:fast", scripts);
        assertThat(peer.mode()).isEqualTo("fast");
        assertThat(peer.installHint()).isEqualTo("install fake");
        assertThat(peer.path()).isEqualTo("/s/");
        assertThat(peer.isFloor()).isFalse();
    }

    @Test
    void missingScriptIsRefused() {
        assertThatThrownBy(() -> Peer.of("missing:x", scripts))
                .hasMessageContaining("unknown peer 'missing:x'")
                .hasMessageContaining("expected NAME:MODE");
    }

    private void script(String name, String text) throws IOException {
        Path file = Files.writeString(scripts.resolve(name), "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
