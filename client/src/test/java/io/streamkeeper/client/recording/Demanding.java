package io.streamkeeper.client.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.client.api.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;

/** A subscriber that requests what its test requests, and keeps what it receives. */
public final class Demanding implements Flow.Subscriber<Batch> {
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

    public synchronized Flow.Subscription subscription() throws InterruptedException {
        while (subscription == null) {
            wait();
        }
        return subscription;
    }

    public void request(long count) throws InterruptedException {
        subscription().request(count);
    }

    public synchronized List<Batch> batches() {
        return List.copyOf(batches);
    }

    public synchronized List<Throwable> errors() {
        return List.copyOf(errors);
    }

    public synchronized int completions() {
        return completions;
    }

    public void awaitBatches(int count) {
        Recorder.eventually(() -> assertThat(batches()).hasSize(count));
    }

    public Throwable awaitError() {
        Recorder.eventually(() -> assertThat(errors()).hasSize(1));
        return errors().get(0);
    }

    public void awaitComplete() {
        Recorder.eventually(() -> assertThat(completions()).isEqualTo(1));
    }
}
