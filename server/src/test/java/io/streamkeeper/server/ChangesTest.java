package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.client.api.AppendOptions;
import io.streamkeeper.client.api.CreateOptions;
import io.streamkeeper.client.api.ListOptions;
import io.streamkeeper.client.api.StreamChanges;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.server.config.DataConfig.Durability;
import io.streamkeeper.server.config.ServerConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Changes of streams in the Java API. */
@Timeout(60)
class ChangesTest {
    private static final Duration LONG = Duration.ofSeconds(50);

    private DurableStreams streams;
    private BlockingStreams blocking;

    @BeforeEach
    void open() throws IOException {
        streams = DurableStreams.open(ServerConfig.builder()
                .listen(listen -> listen.shards(2))
                .data(data -> data.durability(Durability.MEMORY))
                .build());
        blocking = streams.blocking();
    }

    @AfterEach
    void close() {
        streams.close();
    }

    private static List<String> texts(StreamChanges changes) {
        return changes.changes().stream()
                .map(change -> change.kind() + " " + change.path())
                .toList();
    }

    @Test
    void theChangesAfterAPageComeAtOnceOrWhenTheyHappen() throws Exception {
        blocking.create("a/1", CreateOptions.json());
        String position = blocking.list(ListOptions.below("a/")).position();
        blocking.create("a/2", CreateOptions.text());
        StreamChanges first = blocking.changes("a/", position, LONG);
        assertThat(texts(first)).containsExactly("CREATED a/2");
        assertThat(first.changes().get(0).contentType()).isEqualTo("text/plain");
        assertThat(first.changes().get(0).nextOffset())
                .isEqualTo(blocking.metadata("a/2").nextOffset());

        CompletableFuture<StreamChanges> next = streams.changes("a/", first.position(), LONG);
        blocking.create("b", CreateOptions.json());
        blocking.close("a/1", AppendOptions.none());
        assertThat(texts(next.get(10, TimeUnit.SECONDS))).containsExactly("CLOSED a/1");
    }

    @Test
    void withoutAChangeItIsEmptyAfterTheWaitAndItsPositionCounts() throws Exception {
        StreamChanges none = blocking.changes("", null, Duration.ofMillis(50));
        assertThat(none.changes()).isEmpty();
        blocking.create("a", CreateOptions.json());
        assertThat(texts(blocking.changes("", none.position(), Duration.ZERO))).containsExactly("CREATED a");
        StreamChanges now = blocking.changes("", null, Duration.ZERO);
        assertThat(now.changes()).isEmpty();
        blocking.delete("a");
        assertThat(texts(blocking.changes("", now.position(), LONG))).containsExactly("DELETED a");
    }

    @Test
    void aPositionOfAnotherStartIsGone() {
        assertThatThrownBy(() -> blocking.changes("", "0123456789abcdef.0.0", LONG))
                .isInstanceOf(StreamException.OffsetGone.class)
                .hasMessageContaining("list the streams again");
        assertThatThrownBy(() -> blocking.changes("", "x", LONG))
                .isInstanceOf(StreamException.Invalid.class)
                .hasMessageContaining("position is \"x\"");
        assertThatThrownBy(() -> streams.changes("", null, Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void closingTheStreamsEndsTheWaitAndSoDoesItsCancellation() {
        CompletableFuture<StreamChanges> cancelled = streams.changes("", null, LONG);
        cancelled.cancel(false);
        CompletableFuture<StreamChanges> waiting = streams.changes("", null, LONG);
        streams.close();
        assertThatThrownBy(waiting::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(StreamException.Unavailable.class);
    }
}
