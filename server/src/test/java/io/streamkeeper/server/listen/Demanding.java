package io.streamkeeper.server.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.api.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;

/** A subscriber that asks for what its test asks for, and keeps what it is told. */
final class Demanding implements Flow.Subscriber<Batch> {
    private final List<Batch> batches = new ArrayList<>();
    private final List<Throwable> errors = new ArrayList<>();
    private Flow.Subscription subscription;
    private int completions;

    @Override
    public synchronized void onSubscribe(Flow.Subscription begun) {
        assertThat(subscription).isNull();
        subscription = begun;
        notifyAll();
    }

    @Override
    public synchronized void onNext(Batch batch) {
        batches.add(batch);
    }

    @Override
    public synchronized void onError(Throwable failure) {
        errors.add(failure);
    }

    @Override
    public synchronized void onComplete() {
        completions++;
    }

    synchronized Flow.Subscription subscription() throws InterruptedException {
        while (subscription == null) {
            wait();
        }
        return subscription;
    }

    void request(long count) throws InterruptedException {
        subscription().request(count);
    }

    synchronized List<Batch> batches() {
        return List.copyOf(batches);
    }

    synchronized List<Throwable> errors() {
        return List.copyOf(errors);
    }

    synchronized int completions() {
        return completions;
    }

    void awaitBatches(int count) {
        Recorder.eventually(() -> assertThat(batches()).hasSize(count));
    }

    Throwable awaitError() {
        Recorder.eventually(() -> assertThat(errors()).hasSize(1));
        return errors().get(0);
    }

    void awaitComplete() {
        Recorder.eventually(() -> assertThat(completions()).isEqualTo(1));
    }
}
