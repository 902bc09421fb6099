package io.streamkeeper.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.protocol.output.LogsFaults;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class RaftThreadsTest {
    private final RaftThreads threads = new RaftThreads("n1");

    /** Ends a thread that a thread of the server has started, by an error. */
    private void endByError() throws Exception {
        Thread started = threads.call(() -> new Thread(() -> {
            throw new IllegalStateException("the log is closed");
        }));
        started.start();
        started.join();
    }

    @Test
    @LogsFaults("has ended by an error")
    void anErrorIsLogged() throws Exception {
        endByError();
    }

    @Test
    void noneIsLoggedWhileTheServerEnds() throws Exception {
        threads.expectErrors();
        endByError();
    }

    @Test
    void whatAStartThrowsIsThrown() throws Exception {
        assertThat(threads.<String>call(() -> "started")).isEqualTo("started");
        assertThatThrownBy(() -> threads.call(() -> {
                    throw new IOException("the port is in use");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("the port is in use");
    }
}
