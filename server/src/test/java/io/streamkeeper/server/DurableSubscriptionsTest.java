package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.client.api.Content;
import io.streamkeeper.client.api.CreateOptions;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.subscription.Claim;
import io.streamkeeper.client.subscription.LinkedStream;
import io.streamkeeper.client.subscription.PullWakeWorker;
import io.streamkeeper.client.subscription.Subscription;
import io.streamkeeper.client.subscription.SubscriptionOptions;
import io.streamkeeper.client.subscription.SubscriptionType;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.security.Action;
import io.streamkeeper.server.security.Authentication;
import io.streamkeeper.server.security.Credentials;
import io.streamkeeper.server.security.Principal;
import io.streamkeeper.server.security.SecurityPolicy;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Subscriptions of the program that has opened the streams: without a server, and beside one that authenticates. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DurableSubscriptionsTest {
    @TempDir
    private Path directory;

    private DurableStreams streams;
    private BlockingStreams blocking;
    private BlockingSubscriptions subscriptions;

    @BeforeEach
    void open() throws Exception {
        streams = DurableStreams.open(config(10_000));
        blocking = streams.blocking();
        subscriptions = streams.subscriptions().blocking();
    }

    private ServerConfig config(int subscriptionsMax) {
        return ServerConfig.builder()
                .listen(listen -> listen.port(0).shards(2).adminListen("none"))
                .data(data -> data.directory(directory))
                .subscriptions(options -> options.subscriptionsMax(subscriptionsMax))
                .build();
    }

    @AfterEach
    void close() {
        streams.close();
    }

    private static SubscriptionOptions pull() {
        return SubscriptionOptions.pullWake("wakes");
    }

    /** Nobody may do anything. */
    private static SecurityPolicy nothing() {
        return new SecurityPolicy() {
            @Override
            public CompletableFuture<Authentication> authenticate(Credentials credentials) {
                return CompletableFuture.failedFuture(new AssertionError("nobody asks"));
            }

            @Override
            public boolean allows(Principal principal, Action action, StreamPath path) {
                return false;
            }
        };
    }

    @Test
    void workIsClaimedReadAndAcknowledged() throws Exception {
        Subscription created = subscriptions
                .create(
                        "jobs",
                        pull().pattern("jobs/*").stream("x")
                                .lease(Duration.ofSeconds(2))
                                .description("d"))
                .subscription();
        assertThat(created.type()).isEqualTo(SubscriptionType.PULL_WAKE);
        assertThat(created.pattern()).isEqualTo("jobs/*");
        assertThat(created.wakeStream()).isEqualTo("wakes");
        assertThat(created.lease()).isEqualTo(Duration.ofSeconds(2));
        assertThat(created.description()).isEqualTo("d");
        blocking.create("jobs/a", CreateOptions.text());
        blocking.append("jobs/a", Content.text("one"));
        Claim claim = subscriptions.claim("jobs", "me");
        LinkedStream stream = claim.streams().get(0);
        assertThat(blocking.read(stream.path(), From.offset(stream.ackedOffset()))
                        .text())
                .isEqualTo("one");
        assertThatThrownBy(() -> subscriptions.claim("jobs", "you"))
                .isInstanceOfSatisfying(
                        StreamException.AlreadyClaimed.class,
                        e -> assertThat(e.holder()).isEqualTo("me"));
        subscriptions.ack(claim, Map.of());
        assertThatThrownBy(() -> subscriptions.ack(claim, Map.of(stream.path(), "-1")))
                .isInstanceOf(StreamException.Invalid.class);
        assertThat(subscriptions.done(claim, Map.of(stream.path(), stream.tailOffset())))
                .isFalse();
        assertThatThrownBy(() -> subscriptions.ack(claim, Map.of())).isInstanceOf(StreamException.Fenced.class);
        assertThatThrownBy(() -> subscriptions.claim("jobs", "me")).isInstanceOf(StreamException.NoPendingWork.class);
        subscriptions.seek("jobs", stream.path(), stream.ackedOffset());
        subscriptions.release(subscriptions.claim("jobs", "me"));
        assertThat(subscriptions.get("jobs").state().generation()).isGreaterThan(claim.generation());
    }

    @Test
    void subscriptionsAreManagedAndInvalidArgumentsRefused() throws Exception {
        assertThat(subscriptions.create("a", pull().stream("x")).existed()).isFalse();
        assertThat(subscriptions.create("a", pull().stream("x")).existed()).isTrue();
        subscriptions.create("b", pull().stream("x"));
        assertThat(subscriptions.list(null, 1).next()).isEqualTo("a");
        assertThat(subscriptions.list("a", 1).subscriptions())
                .extracting(Subscription::id)
                .containsExactly("b");
        subscriptions.addStreams("a", List.of("y", "z"));
        subscriptions.removeStream("a", "x");
        assertThat(subscriptions.get("a").streams())
                .extracting(LinkedStream::path)
                .containsExactly("y", "z");
        subscriptions.delete("b");
        assertThatThrownBy(() -> subscriptions.get("b")).isInstanceOf(StreamException.NotFound.class);
        assertThatThrownBy(() -> subscriptions.create("a", pull().stream("other")))
                .isInstanceOf(StreamException.Exists.class);
        assertThatThrownBy(() -> subscriptions.create("c", pull()))
                .isInstanceOf(StreamException.Invalid.class)
                .hasMessageContaining("pattern");
        assertThatThrownBy(() -> subscriptions.create("c", pull().stream("x").lease(Duration.ofMillis(999))))
                .isInstanceOf(StreamException.Invalid.class)
                .hasMessageContaining("999");
        assertThatThrownBy(() -> subscriptions.create("c", pull().pattern("a*")))
                .isInstanceOf(StreamException.Invalid.class)
                .hasMessageContaining("a*");
        assertThatThrownBy(() -> subscriptions.create("c/d", pull().stream("x")))
                .isInstanceOf(StreamException.Invalid.class);
        assertThatThrownBy(() -> subscriptions.create("c", pull().stream("__ds/x")))
                .isInstanceOf(StreamException.Invalid.class)
                .hasMessageContaining("streams[0]");
        assertThatThrownBy(() -> subscriptions.addStreams("a", List.of())).isInstanceOf(StreamException.Invalid.class);
        assertThatThrownBy(() -> subscriptions.list(null, 0)).isInstanceOf(StreamException.Invalid.class);
        URI url = URI.create("https://example.com/hook");
        assertThatThrownBy(() -> subscriptions.create("c", SubscriptionOptions.webhook(url).stream("x")))
                .isInstanceOf(StreamException.class)
                .hasMessageContaining("--public-url");
    }

    @Test
    void workersInThisProcessAreWokenWithoutAServerAlsoAfterAReopening() throws Exception {
        blocking.create("wakes", CreateOptions.json());
        subscriptions.create("jobs", pull().pattern("jobs/*"));
        blocking.create("jobs/a", CreateOptions.text());
        for (int round = 0; round < 2; round++) {
            BlockingQueue<String> processed = new LinkedBlockingQueue<>();
            PullWakeWorker worker = PullWakeWorker.start(
                    streams.forWorkers(), "jobs", "me", (work, batch) -> processed.add(batch.text()));
            streams.tail("wakes", From.now(), Duration.ofMillis(200)).join();
            blocking.append("jobs/a", Content.text("round " + round));
            assertThat(processed.take()).isEqualTo("round " + round);
            worker.close();
            streams.close();
            open();
        }
        assertThat(blocking.readMessages("wakes", From.beginning()))
                .hasSizeGreaterThanOrEqualTo(2)
                .allSatisfy(message -> assertThat(message.json()).contains("\"subscription_id\":\"jobs\""));
    }

    @Test
    void aPolicyOfAServerDoesNotKeepWakesFromTheProgram() throws Exception {
        try (DurableStreamsServer server = DurableStreamsServer.start(streams, nothing())) {
            assertThat(server.authenticates()).isTrue();
            blocking.create("wakes", CreateOptions.json());
            subscriptions.create("jobs", pull().pattern("jobs/*"));
            blocking.create("jobs/a", CreateOptions.text());
            blocking.append("jobs/a", Content.text("one"));
            assertThat(streams.tail("wakes", From.beginning(), Duration.ofSeconds(30))
                            .join()
                            .messages())
                    .hasSize(1);
        }
    }

    @Test
    void callsOfClosedStreamsAreRefusedAndSubscriptionsMayBeOff() throws Exception {
        DurableSubscriptions asynchronous = streams.subscriptions();
        assertThat(streams.subscriptions()).isSameAs(asynchronous);
        streams.close();
        assertThatThrownBy(() -> asynchronous.get("a").join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(StreamException.Unavailable.class);
        streams = DurableStreams.open(config(0));
        assertThatThrownBy(() -> streams.subscriptions()).isInstanceOf(IllegalStateException.class);
    }
}
