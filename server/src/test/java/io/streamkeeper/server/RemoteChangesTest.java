package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.client.api.Content;
import io.streamkeeper.client.api.CreateOptions;
import io.streamkeeper.client.api.ListOptions;
import io.streamkeeper.client.api.StreamChanges;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.http.BlockingRemoteStreams;
import io.streamkeeper.client.http.RemoteStreams;
import io.streamkeeper.protocol.leak.LeakRecorder;
import io.streamkeeper.server.config.DataConfig.Durability;
import io.streamkeeper.server.config.ServerConfig;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Changes of streams over HTTP are those of the Java API in the server's process. */
@Timeout(60)
class RemoteChangesTest {
    private static final Duration LONG = Duration.ofSeconds(50);

    private DurableStreams streams;
    private DurableStreamsServer server;
    private BlockingRemoteStreams remote;

    @BeforeEach
    void start() throws IOException {
        streams = DurableStreams.open(ServerConfig.builder()
                .listen(listen -> listen.port(0).shards(2))
                .live(live -> live.sseSessionMillis(300))
                .data(data -> data.durability(Durability.MEMORY))
                .build());
        server = DurableStreamsServer.start(streams);
        remote = RemoteStreams.at(URI.create(server.url())).blocking();
    }

    @AfterEach
    void stop() {
        server.stop();
        streams.close();
        LeakRecorder.assertNothingLeaked();
    }

    private void change(String path) throws InterruptedException {
        remote.create(path, CreateOptions.of(Content.text("a")));
        remote.close(path);
        remote.delete(path);
    }

    @Test
    void theSameChangesCome() throws Exception {
        String position = remote.list(ListOptions.below("a/ü")).position();
        change("a/ü&=+%");
        change("b");
        StreamChanges changes = remote.changes("a/ü", position, LONG);
        assertThat(changes.changes()).hasSize(3);
        assertThat(changes.changes())
                .isEqualTo(streams.blocking().changes("a/ü", position, LONG).changes());
        assertThat(remote.changes("a/ü", changes.position(), Duration.ZERO).changes())
                .isEmpty();
    }

    @Test
    void aChangeThatHappensAfterTheServerHasEndedAResponseComes() throws Exception {
        StreamChanges now = remote.changes("", null, Duration.ZERO);
        CompletableFuture<StreamChanges> next = CompletableFuture.supplyAsync(() -> {
            try {
                return remote.changes("", now.position(), LONG);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(remote.changes("", null, Duration.ofSeconds(1)).changes()).isEmpty();
        streams.create("later", CreateOptions.json()).join();
        assertThat(next.get(20, TimeUnit.SECONDS).changes())
                .extracting(StreamChanges.Change::path)
                .containsExactly("later");
    }

    @Test
    void aPositionOfAnotherStartIsGoneAndAnyOtherTextIsRefused() {
        assertThatThrownBy(() -> remote.changes("", "0123456789abcdef.0.0", LONG))
                .isInstanceOf(StreamException.OffsetGone.class)
                .hasMessageContaining("list the streams again");
        assertThatThrownBy(() -> remote.changes("", "x", LONG))
                .isInstanceOf(StreamException.Invalid.class)
                .hasMessageContaining("\"x\"");
    }
}
