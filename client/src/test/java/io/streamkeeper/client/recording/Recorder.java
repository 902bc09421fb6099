package io.streamkeeper.client.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.StreamException.OffsetGone;
import io.streamkeeper.client.listen.Listening.Status;
import io.streamkeeper.client.listen.StreamListener;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.awaitility.core.ThrowingRunnable;

/** A listener that keeps what it receives, and checks that it is called once at a time. */
public final class Recorder implements StreamListener {

    private final List<String> messages = new ArrayList<>();
    private final List<String> offsets = new ArrayList<>();
    private final List<Status> statuses = new ArrayList<>();
    private final List<OffsetGone> gone = new ArrayList<>();
    private final List<Throwable> errors = new ArrayList<>();
    private final List<String> completions = new ArrayList<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final AtomicInteger calls = new AtomicInteger();
    private volatile Consumer<Batch> onData = batch -> {};
    private volatile Function<OffsetGone, From> onGone = gone -> null;
    private volatile boolean overlapped;

    /** The action for each batch before it is kept; the source receives what it throws. */
    public Recorder onEach(Consumer<Batch> action) {
        onData = action;
        return this;
    }

    /** Where to continue when data was dropped. */
    public Recorder continuingAt(Function<OffsetGone, From> place) {
        onGone = place;
        return this;
    }

    private void begin() {
        overlapped |= calls.incrementAndGet() != 1;
    }

    private void end() {
        calls.decrementAndGet();
    }

    private synchronized <T> void keep(List<T> list, T received) {
        begin();
        list.add(received);
        end();
    }

    // ---- calls ----

    @Override
    public void onData(Batch batch) {
        begin();
        try {
            onData.accept(batch);
            take(batch);
        } finally {
            end();
        }
    }

    private synchronized void take(Batch batch) {
        bytes.writeBytes(batch.bytes());
        offsets.add(batch.nextOffset());
        if (batch.contentType().equals("application/json")) {
            messages.addAll(batch.messages());
        }
    }

    @Override
    public void onStatus(Status status) {
        keep(statuses, status);
    }

    @Override
    public void onComplete(String offset) {
        keep(completions, offset);
    }

    @Override
    public From onGone(OffsetGone dropped) {
        keep(gone, dropped);
        return onGone.apply(dropped);
    }

    @Override
    public void onError(Throwable failure) {
        keep(errors, failure);
    }

    // ---- what it has received ----

    public synchronized List<String> messages() {
        return List.copyOf(messages);
    }

    public synchronized byte[] bytes() {
        return bytes.toByteArray();
    }

    public String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    public synchronized List<String> offsets() {
        return List.copyOf(offsets);
    }

    public synchronized List<Status> statuses() {
        return List.copyOf(statuses);
    }

    public synchronized List<OffsetGone> gone() {
        return List.copyOf(gone);
    }

    public synchronized List<Throwable> errors() {
        return List.copyOf(errors);
    }

    public synchronized List<String> completions() {
        return List.copyOf(completions);
    }

    // ---- waiting ----

    /** Waits until an assertion holds. */
    public static void eventually(ThrowingRunnable assertion) {
        await().pollInterval(Duration.ofMillis(5)).untilAsserted(assertion);
    }

    /** Waits within a call of a listener. */
    public static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public void awaitMessages(String... expected) {
        eventually(() -> assertThat(messages()).containsExactly(expected));
        assertNotOverlapped();
    }

    public void awaitText(String expected) {
        eventually(() -> assertThat(text()).isEqualTo(expected));
        assertNotOverlapped();
    }

    public void awaitBytes(byte[] expected) {
        eventually(() -> assertThat(bytes()).hasSize(expected.length));
        assertThat(bytes()).isEqualTo(expected);
        assertNotOverlapped();
    }

    public void awaitStatus(Status status) {
        eventually(() -> assertThat(statuses()).endsWith(status));
    }

    public String awaitComplete() {
        eventually(() -> assertThat(completions()).hasSize(1));
        assertNotOverlapped();
        return completions().get(0);
    }

    public OffsetGone awaitGone() {
        eventually(() -> assertThat(gone()).isNotEmpty());
        return gone().get(0);
    }

    public <T extends Throwable> T awaitError(Class<T> type) {
        eventually(() -> assertThat(errors()).isNotEmpty());
        assertThat(errors()).hasSize(1).first().isInstanceOf(type);
        assertNotOverlapped();
        return type.cast(errors().get(0));
    }

    private void assertNotOverlapped() {
        assertThat(overlapped).as("two calls at once").isFalse();
    }
}
