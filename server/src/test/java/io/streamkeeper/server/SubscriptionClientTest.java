package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.streamkeeper.client.api.AppendOptions;
import io.streamkeeper.client.api.Content;
import io.streamkeeper.client.api.CreateOptions;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.http.BlockingRemoteStreams;
import io.streamkeeper.client.http.RemoteStreams;
import io.streamkeeper.client.http.RemoteSubscriptions;
import io.streamkeeper.client.http.WebhookReceiver;
import io.streamkeeper.client.subscription.Claim;
import io.streamkeeper.client.subscription.LinkedStream;
import io.streamkeeper.client.subscription.PullWakeWorker;
import io.streamkeeper.client.subscription.Subscription;
import io.streamkeeper.client.subscription.SubscriptionOptions;
import io.streamkeeper.client.subscription.SubscriptionPage;
import io.streamkeeper.client.subscription.SubscriptionType;
import io.streamkeeper.client.subscription.WebhookRejectedException;
import io.streamkeeper.client.subscription.WebhookWake;
import io.streamkeeper.protocol.output.MayLogFaults;
import io.streamkeeper.server.config.ServerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client's receiver of webhooks, worker and calls, with a server whose restarts they survive. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SubscriptionClientTest {

    @TempDir
    private Path directory;

    private DurableStreamsServer server;
    private HttpServer receiver;
    private RemoteStreams remote;
    private BlockingRemoteStreams streams;
    private RemoteSubscriptions subscriptions;
    private volatile WebhookReceiver webhooks;
    private final BlockingQueue<WebhookWake> wakes = new LinkedBlockingQueue<>();
    private volatile boolean answersDone = true;

    @BeforeEach
    void start() throws IOException {
        start(0);
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", this::receive);
        receiver.start();
    }

    private void start(int port) throws IOException {
        server = DurableStreamsServer.start(ServerConfig.builder()
                .listen(listen -> listen.port(port).shards(2).adminListen("none"))
                .data(data -> data.directory(directory))
                .subscriptions(options -> options.localWebhooks(true))
                .build());
        remote = RemoteStreams.at(URI.create(server.url()));
        streams = remote.blocking();
        subscriptions = remote.subscriptions();
        webhooks = remote.webhooks();
    }

    @AfterEach
    void stop() {
        receiver.stop(0);
        server.stop();
    }

    private void receive(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(WebhookReceiver.BODY_BYTES_MAX + 1);
        try {
            wakes.add(webhooks.verify(exchange.getRequestHeaders(), body));
            if (answersDone) {
                byte[] done = WebhookReceiver.doneBody();
                exchange.sendResponseHeaders(200, done.length);
                exchange.getResponseBody().write(done);
            } else {
                exchange.sendResponseHeaders(202, -1);
            }
        } catch (WebhookRejectedException e) {
            exchange.sendResponseHeaders(e.status(), -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            exchange.close();
        }
    }

    private SubscriptionOptions toReceiver() {
        return SubscriptionOptions.webhook(
                URI.create("http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook"));
    }

    private void append(String path, String text) throws InterruptedException {
        streams.append(path, Content.text(text), AppendOptions.none());
    }

    @Test
    void aRequestOfAnotherSenderIsAnsweredWithTheStatusOfItsRejection() throws Exception {
        URI url = URI.create("http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook");
        HttpResponse<Void> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(url)
                                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                                .build(),
                        HttpResponse.BodyHandlers.discarding());
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(wakes).isEmpty();
    }

    private boolean hasPending(String id) throws InterruptedException {
        return subscriptions.get(id).streams().stream().anyMatch(LinkedStream::hasPending);
    }

    private void awaitAcked(String id) {
        await().until(() -> !hasPending(id));
    }

    @Test
    void aVerifiedWebhookThatIsDoneIsAcknowledgedAlsoAfterARestartOfTheServer() throws Exception {
        assertThat(subscriptions.create("hooks", toReceiver().pattern("h/*")).existed())
                .isFalse();
        assertThat(subscriptions.create("hooks", toReceiver().pattern("h/*")).existed())
                .isTrue();
        streams.create("h/ä", CreateOptions.text());
        append("h/ä", "one");
        WebhookWake wake = wakes.take();
        assertThat(wake.subscription()).isEqualTo("hooks");
        assertThat(wake.streams()).extracting(LinkedStream::path).containsExactly("h/ä");
        assertThat(streams.read("h/ä", From.offset(wake.streams().get(0).ackedOffset()))
                        .text())
                .isEqualTo("one");
        awaitAcked("hooks");
        int port = server.address().getPort();
        server.stop();
        start(port);
        append("h/ä", "two");
        WebhookWake next = wakes.take();
        assertThat(next.generation()).isGreaterThan(wake.generation());
        awaitAcked("hooks");
    }

    @Test
    void aReceiverThatWorksLaterAcknowledgesByCallbacks() throws Exception {
        answersDone = false;
        subscriptions.create("later", toReceiver().stream("l").lease(Duration.ofSeconds(5)));
        streams.create("l", CreateOptions.text());
        append("l", "one");
        WebhookWake wake = wakes.take();
        webhooks.ack(wake, Map.of());
        assertThat(hasPending("later")).isTrue();
        append("l", "two");
        assertThat(webhooks.done(wake)).isTrue();
        assertThatThrownBy(() -> webhooks.ack(wake, Map.of())).isInstanceOf(StreamException.Fenced.class);
        WebhookWake next = wakes.take();
        assertThat(next.streams().get(0).ackedOffset())
                .isEqualTo(wake.streams().get(0).tailOffset());
        assertThat(webhooks.done(next)).isFalse();
    }

    @Test
    void theCallsManageSubscriptions() throws Exception {
        streams.create("wakes", CreateOptions.json());
        String first = streams.create("m/a", CreateOptions.text()).stream().nextOffset();
        append("m/a", "old");
        Subscription created = subscriptions
                .create(
                        "m1",
                        SubscriptionOptions.pullWake("wakes")
                                .pattern("m/*")
                                .lease(Duration.ofSeconds(2))
                                .description("d"))
                .subscription();
        assertThat(created.type()).isEqualTo(SubscriptionType.PULL_WAKE);
        assertThat(created.wakeStream()).isEqualTo("wakes");
        assertThat(created.lease()).isEqualTo(Duration.ofSeconds(2));
        assertThat(created.description()).isEqualTo("d");
        assertThat(created.createdAt()).isNotNull();
        subscriptions.addStreams("m1", List.of("x/y", "m/a"));
        assertThat(subscriptions.get("m1").streams())
                .extracting(stream -> stream.path() + " " + stream.isExplicit())
                .containsExactly("m/a true", "x/y true");
        subscriptions.removeStream("m1", "m/a");
        subscriptions.removeStream("m1", "x/y");
        assertThat(subscriptions.get("m1").streams())
                .extracting(stream -> stream.path() + " " + stream.isExplicit())
                .containsExactly("m/a false");
        assertThatThrownBy(() -> subscriptions.claim("m1", "me")).isInstanceOf(StreamException.NoPendingWork.class);
        subscriptions.seek("m1", "m/a", first);
        Claim claim = subscriptions.claim("m1", "me");
        assertThatThrownBy(() -> subscriptions.claim("m1", "you"))
                .isInstanceOfSatisfying(
                        StreamException.AlreadyClaimed.class,
                        e -> assertThat(e.holder()).isEqualTo("me"));
        subscriptions.release(claim);
        assertThatThrownBy(() -> subscriptions.done(claim, Map.of())).isInstanceOf(StreamException.Fenced.class);
        subscriptions.create("m2", SubscriptionOptions.pullWake("wakes").stream("z"));
        SubscriptionPage page = subscriptions.list(null, 1);
        assertThat(page.subscriptions()).extracting(Subscription::id).containsExactly("m1");
        assertThat(subscriptions.list(page.next(), 1).subscriptions())
                .extracting(Subscription::id)
                .containsExactly("m2");
        assertThatThrownBy(() -> subscriptions.create("m2", SubscriptionOptions.pullWake("wakes").stream("other")))
                .isInstanceOf(StreamException.Exists.class);
        assertThatThrownBy(() -> subscriptions.create("m3", SubscriptionOptions.pullWake("wakes")))
                .isInstanceOf(StreamException.Invalid.class);
        subscriptions.delete("m2");
        subscriptions.delete("m2");
        assertThatThrownBy(() -> subscriptions.get("m2")).isInstanceOf(StreamException.NotFound.class);
    }

    @Test
    @MayLogFaults("the work of a subscription has failed")
    void workersShareTheWorkAndOneContinuesWhereAnotherWasKilled() throws Exception {
        streams.create("wakes", CreateOptions.json());
        subscriptions.create(
                "work", SubscriptionOptions.pullWake("wakes").pattern("w/*").lease(Duration.ofSeconds(1)));
        streams.create("w/a", CreateOptions.text());
        BlockingQueue<String> processed = new LinkedBlockingQueue<>();
        // Claims and dies: it does not extend its lease.
        append("w/a", "a");
        Claim dead = subscriptions.claim("work", "dead");
        List<PullWakeWorker> workers = new ArrayList<>();
        for (String name : List.of("one", "two")) {
            workers.add(PullWakeWorker.start(
                    remote.forWorkers(), "work", name, (work, batch) -> processed.add(batch.text())));
        }
        assertThat(processed.take()).isEqualTo("a");
        awaitAcked("work");
        assertThatThrownBy(() -> subscriptions.ack(dead, Map.of())).isInstanceOf(StreamException.class);
        for (char next = 'b'; next <= 't'; next++) {
            append("w/a", String.valueOf(next));
            if (next == 'j') {
                int port = server.address().getPort();
                server.stop();
                start(port);
            }
        }
        awaitAcked("work");
        workers.forEach(PullWakeWorker::close);
        assertProcessedAtLeastOnce(List.copyOf(processed), "bcdefghijklmnopqrst", 'j');
    }

    /**
     * Every letter was processed, in order; a batch may repeat letters only if the server had them when it stopped, because
     * an acknowledgment may be lost by that.
     */
    private static void assertProcessedAtLeastOnce(List<String> batches, String letters, char lastBeforeStop) {
        int processed = 0;
        for (String batch : batches) {
            int from = letters.indexOf(batch);
            assertThat(from).as("%s in %s", batch, batches).isBetween(0, processed);
            if (from < processed) {
                assertThat(letters.charAt(processed - 1)).as("%s", batches).isLessThanOrEqualTo(lastBeforeStop);
            }
            processed = Math.max(processed, from + batch.length());
        }
        assertThat(processed).as("%s", batches).isEqualTo(letters.length());
    }
}
