package io.streamkeeper.server.longrun;

import io.streamkeeper.server.longrun.FollowedStream.Doubt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Creates, appends to and deletes the streams of {@link Subscribers}. Belongs to their thread. */
final class FollowedWrites {
    private static final int NUMBERS_MAX = 3;

    private final Subscribers subscribers;
    private int numbers;

    /** The stream that the last request was about. */
    private @Nullable FollowedStream current;

    FollowedWrites(Subscribers subscribers) {
        this.subscribers = subscribers;
    }

    void step() throws IOException, Traffic.Later {
        List<FollowedStream> certain = subscribers.certainStreams();
        if (certain.isEmpty()) {
            return;
        }
        FollowedStream stream = certain.get(subscribers.random.nextInt(certain.size()));
        current = stream;
        if (!stream.exists()) {
            create(stream);
        } else if (subscribers.random.nextInt(60) == 0) {
            delete(stream);
        } else {
            append(stream);
        }
    }

    /** What was refused has left no trace. */
    void certain() {
        if (current != null) {
            current.doubt = Doubt.NONE;
        }
    }

    private void create(FollowedStream stream) throws IOException, Traffic.Later {
        stream.doubt = Doubt.CREATION;
        Wire.Answer answer = subscribers.exchange("PUT", stream.path, "", Subscribers.JSON);
        Subscribers.require(answer.status() == 201, "a creation", stream, answer);
        stream.created(answer.field("stream-next-offset"));
        subscribers.reach.count("subscription: a stream was created");
    }

    private void append(FollowedStream stream) throws IOException, Traffic.Later {
        int count = 1 + subscribers.random.nextInt(NUMBERS_MAX);
        stream.doubt = Doubt.APPEND;
        stream.doubtful = numbers + 1;
        String body = IntStream.rangeClosed(numbers + 1, numbers + count)
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(",", "[", "]"));
        numbers += count;
        Wire.Answer answer = subscribers.exchange("POST", stream.path, body, Subscribers.JSON);
        Subscribers.require(answer.status() == 204, "an append", stream, answer);
        stream.appended(answer.field("stream-next-offset"), stream.doubtful);
    }

    private void delete(FollowedStream stream) throws IOException, Traffic.Later {
        stream.doubt = Doubt.DELETION;
        Wire.Answer answer = subscribers.exchange("DELETE", stream.path, "");
        Subscribers.require(answer.status() == 204, "a deletion", stream, answer);
        stream.deleted();
        subscribers.reach.count("subscription: a linked stream was deleted");
    }

    // ---- after a start ----

    /** Compares all streams with the model; what was in doubt is certain then. */
    void settle() throws IOException, InterruptedException {
        List<FollowedStream> open = new ArrayList<>(subscribers.streams.values());
        while (!open.isEmpty()) {
            try {
                settle(open.get(0));
                open.remove(0);
            } catch (Traffic.Later e) {
                subscribers.reach.count("later at a start: subscribers, " + e.getMessage());
            }
        }
    }

    private void settle(FollowedStream stream) throws IOException, Traffic.Later {
        current = null;
        Wire.Answer answer = subscribers.exchange("HEAD", stream.path, "");
        String tail = answer.status() == 200 ? answer.field("stream-next-offset") : null;
        String before = stream.tail();
        Doubt doubt = stream.doubt;
        boolean isKnown = tail == null ? before == null : tail.equals(before);
        if (isKnown) {
            stream.doubt = Doubt.NONE;
        } else if (tail == null && doubt == Doubt.DELETION) {
            stream.deleted();
        } else if (tail != null && before == null && doubt == Doubt.CREATION) {
            stream.created(tail);
        } else if (tail != null && before != null && doubt == Doubt.APPEND) {
            boolean isLonger = FollowedStream.generationOf(tail).equals(FollowedStream.generationOf(before))
                    && tail.compareTo(before) > 0;
            Subscribers.require(isLonger, "an append in doubt", stream, answer);
            stream.appended(tail, stream.doubtful);
            if (subscribers.session().servers.isCluster()) {
                // Subscriptions may have begun before it or after it.
                subscribers.subscriptions.forEach(subscription -> subscription.needNotShow(stream));
            }
        } else {
            Subscribers.require(false, "a stream after a start", stream, answer);
        }
    }
}
