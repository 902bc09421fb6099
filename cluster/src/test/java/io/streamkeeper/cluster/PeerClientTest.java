package io.streamkeeper.cluster;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class PeerClientTest {
    @Test
    void aMemberThatIsAwayIsNamedInOneLine() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        try (PeerClient client = new PeerClient(new Member("n2", "127.0.0.1", port), null)) {
            assertThatThrownBy(() -> client.ask(new byte[] {1}, 10_000))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("member n2 at 127.0.0.1:" + port + " does not answer: ")
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void aMemberThatIsSilentIsNamedInOneLine() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                PeerClient client = new PeerClient(new Member("n2", "127.0.0.1", silent.getLocalPort()), null)) {
            assertThatThrownBy(() -> client.ask(new byte[] {1}, 500))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("DEADLINE_EXCEEDED")
                    .hasMessageNotContaining("\n");
        }
    }
}
