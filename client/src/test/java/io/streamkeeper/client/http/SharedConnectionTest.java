package io.streamkeeper.client.http;

import static io.streamkeeper.client.recording.Recorder.awaitLatch;
import static io.streamkeeper.client.recording.Recorder.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.client.api.From;
import io.streamkeeper.client.http.FakeClient.Exchange;
import io.streamkeeper.client.listen.Listening;
import io.streamkeeper.client.listen.StreamSource;
import io.streamkeeper.client.recording.Recorder;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Orders of events and calls on a shared connection that a server seldom produces. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SharedConnectionTest {
    private static final String ROOT = "http://127.0.0.1:1/root/";
    private static final String OFFSET = "0000000000000001_0000000000000002";
    private static final String SESSION = "event: session\ndata: {\"session\":\"s\"}\n\n";

    private final FakeClient client = new FakeClient();

    private StreamSource source() {
        return RemoteStreams.at(URI.create(ROOT)).client(client).shared();
    }

    private Exchange exchange(int number) {
        eventually(() -> assertThat(client.exchanges()).hasSizeGreaterThan(number));
        return client.exchanges().get(number);
    }

    private static String control(String stream, String fields) {
        return "event: control\ndata: {\"stream\":\"" + stream + "\"," + fields + "}\n\n";
    }

    private static String opened(String stream) {
        return control(stream, "\"streamNextOffset\":\"0\",\"contentType\":\"application/json\"");
    }

    private static String closed(String stream) {
        return control(stream, "\"streamNextOffset\":\"" + OFFSET + "\",\"streamClosed\":true");
    }

    private static String data(String stream) {
        return "event: data\nid: " + stream + "@" + OFFSET + "\ndata: [1]\n\n";
    }

    @Test
    void aListenerThatFailsBeforeTheEndOfItsStreamDoesNotStopOthers() {
        CountDownLatch called = new CountDownLatch(1);
        CountDownLatch failing = new CountDownLatch(1);
        Recorder other = new Recorder();
        StreamSource source = source();
        Recorder failed = new Recorder().onEach(batch -> {
            called.countDown();
            awaitLatch(failing);
            throw new IllegalStateException("the listener fails");
        });
        source.listen("a", From.beginning(), failed);
        Exchange events = exchange(0);
        source.listen("b", From.beginning(), other);
        events.begin();
        events.deliver(SESSION);
        exchange(1);
        events.deliver(opened("a") + data("a"));
        awaitLatch(called);
        events.deliver(closed("a") + opened("b") + data("b"));
        failing.countDown();
        other.awaitMessages("1");
    }

    @Test
    void theConnectionEndsWhenItsLastStreamIsClosed() {
        Recorder recorder = new Recorder();
        source().listen("a", From.beginning(), recorder);
        Exchange events = exchange(0);
        events.begin();
        events.deliver(SESSION + opened("a") + closed("a"));
        assertThat(recorder.awaitComplete()).isEqualTo(OFFSET);
        eventually(() -> assertThat(events.isCancelled()).isTrue());
    }

    @Test
    void theConnectionEndsWhenItsLastStreamFails() {
        source().listen("a", From.beginning(), new Recorder());
        Exchange events = exchange(0);
        events.begin();
        events.deliver(SESSION + opened("a") + control("a", "\"error\":\"stream_not_found\""));
        eventually(() -> assertThat(events.isCancelled()).isTrue());
    }

    @Test
    void aListenerThatStopsBeforeTheEndOfItsStreamDoesNotStopOthers() {
        CountDownLatch called = new CountDownLatch(1);
        CountDownLatch stopping = new CountDownLatch(1);
        Recorder other = new Recorder();
        StreamSource source = source();
        Recorder stopped = new Recorder().onEach(batch -> {
            called.countDown();
            awaitLatch(stopping);
        });
        Listening listening = source.listen("a", From.beginning(), stopped);
        Exchange events = exchange(0);
        source.listen("b", From.beginning(), other);
        events.begin();
        events.deliver(SESSION);
        exchange(1);
        events.deliver(opened("a") + data("a"));
        awaitLatch(called);
        events.deliver(closed("a") + opened("b") + data("b"));
        listening.stop();
        stopping.countDown();
        other.awaitMessages("1");
    }

    @Test
    void aStreamThatIsFollowedAgainBeforeItHasLeftIsAddedWhenItHas() {
        StreamSource source = source();
        source.listen("b", From.beginning(), new Recorder());
        Exchange events = exchange(0);
        events.begin();
        events.deliver(SESSION);
        Recorder first = new Recorder();
        Listening listening = source.listen("a", From.beginning(), first);
        exchange(1).answer("{}");
        events.deliver(opened("a") + data("a"));
        first.awaitMessages("1");
        listening.stop().join();
        Exchange removal = exchange(2);
        listening.resume();
        removal.answer("{}");
        eventually(() -> assertThat(listening.status()).isEqualTo(Listening.Status.CONNECTING));
        events.deliver(data("a") + control("a", "\"streamNextOffset\":\"" + OFFSET + "\",\"removed\":true"));
        exchange(3).answer("{}");
        events.deliver(opened("a") + data("a"));
        first.awaitMessages("1", "1");
    }
}
