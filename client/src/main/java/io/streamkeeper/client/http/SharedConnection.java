package io.streamkeeper.client.http;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.http.EventResponse.NoEventsException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection over which the events of many streams arrive. It is open while streams are read: the first ones are
 * named when it opens, others are added and removed by requests of their own, one at a time. When the server ends the
 * response, it continues with another one; when it breaks, all feeds fail, and their followers open others. If events
 * do not arrive, because the server or a proxy refuses them, responds with something else, or holds them back, each feed
 * continues on a connection of its own; when one of them has succeeded, the shared connection is not tried again.
 *
 * <p>At most one batch waits for its feed; the connection is not read on meanwhile.
 *
 * <p>Safe for use by any thread. It completes futures and sends requests outside its lock: {@code later} has these
 * actions until then.
 *
 * <pre>
 *   a stream:  WAITS ──named in a request──▶ FOLLOWED ──its last event──▶ forgotten
 *                                               └──its feed is closed──▶ LEAVES ──its last event──▶ forgotten, or WAITS
 * </pre>
 */
final class SharedConnection {
    private static final Logger LOG = LoggerFactory.getLogger(SharedConnection.class);

    /** Streams that one request names at most. */
    private static final int NAMED_MAX = 250;

    private final StreamsRequest requests;
    private final RemoteSettings settings;
    private final Silence silence;
    private final Map<String, SharedFeed> feeds = new HashMap<>();
    private final Set<String> followed = new LinkedHashSet<>();
    private final Set<String> leaving = new LinkedHashSet<>();
    private final Set<String> toAdd = new LinkedHashSet<>();
    private final Set<String> toRemove = new LinkedHashSet<>();
    private final Queue<Runnable> later = new ArrayDeque<>();
    private @Nullable SharedResponse response;
    private @Nullable String session;
    private @Nullable SharedFeed blocking;
    private @Nullable AnswerBody change;
    private boolean runs;
    private boolean hasEvents;
    private boolean isOfNoUse;

    SharedConnection(RemoteSettings settings) {
        this.settings = settings;
        this.requests = new StreamsRequest(settings);
        this.silence = new Silence(settings.silenceMax());
        this.isOfNoUse = !settings.usesEvents();
    }

    // ---- called by feeds ----

    /**
     * Follows the stream of {@code feed} from its position; returns false if it needs a connection of its own, because
     * another feed reads it or events do not arrive.
     */
    boolean open(SharedFeed feed) {
        synchronized (this) {
            if (isOfNoUse || feeds.putIfAbsent(feed.path(), feed) != null) {
                return false;
            }
            if (!followed.contains(feed.path())) {
                toAdd.add(feed.path());
            }
            advance();
        }
        runLater();
        return true;
    }

    CompletableFuture<Batch> next(SharedFeed feed) {
        CompletableFuture<Batch> next;
        synchronized (this) {
            next = feed.want();
            unblock(feed);
        }
        runLater();
        return next;
    }

    void close(SharedFeed feed) {
        synchronized (this) {
            if (feeds.remove(feed.path(), feed)) {
                toAdd.remove(feed.path());
                if (followed.contains(feed.path()) && leaving.add(feed.path())) {
                    toRemove.add(feed.path());
                }
                advance();
            }
            unblock(feed);
        }
        runLater();
    }

    /** Streams arrive over connections of their own, and events over this one did not. */
    synchronized void isOfNoUse() {
        isOfNoUse = true;
    }

    private void unblock(SharedFeed feed) {
        if (blocking == feed) {
            blocking = null;
            readOn();
        }
    }

    /** Runs the actions that are due, in their order, unless a thread is running them. */
    private void runLater() {
        synchronized (this) {
            if (runs) {
                return;
            }
            runs = true;
        }
        for (Runnable next = polled(); next != null; next = polled()) {
            try {
                next.run();
            } catch (RuntimeException | Error e) {
                LOG.error("an action for the streams of {} failed", settings.root(), e);
            }
        }
    }

    private synchronized @Nullable Runnable polled() {
        Runnable next = later.poll();
        runs = next != null;
        return next;
    }

    // ---- requests; with the lock ----

    /** Sends the request that is due, if there is one. */
    private void advance() {
        if (feeds.isEmpty()) {
            disconnect();
        } else if (response == null) {
            connect();
        } else if (session != null && change == null) {
            sendChange(session);
        }
    }

    private void disconnect() {
        SharedResponse left = response;
        AnswerBody asked = change;
        forget();
        silence.end();
        if (left != null) {
            later.add(left::cancel);
        }
        if (asked != null) {
            later.add(asked::cancel);
        }
    }

    private void forget() {
        response = null;
        session = null;
        change = null;
        blocking = null;
        followed.clear();
        leaving.clear();
        toAdd.clear();
        toRemove.clear();
    }

    private void connect() {
        Map<String, SharedFeed> first = taken(toAdd);
        HttpRequest request;
        try {
            request = requests.begin(first.values());
        } catch (RuntimeException e) {
            failAll(requests.explained(e));
            return;
        }
        followed.addAll(first.keySet());
        SharedResponse begun =
                new SharedResponse(StreamsRequest.text(request), settings.answerBytesMax(), silence::received);
        response = begun;
        later.add(() -> begun.send(settings.client(), request));
        readOn();
    }

    /** The feeds of the next paths, which are not in {@code paths} any more. */
    private Map<String, SharedFeed> taken(Set<String> paths) {
        Map<String, SharedFeed> taken = new LinkedHashMap<>();
        for (String path : paths.stream().limit(NAMED_MAX).toList()) {
            paths.remove(path);
            SharedFeed feed = feeds.get(path);
            if (feed != null) {
                taken.put(path, feed);
            }
        }
        return taken;
    }

    /** Removes streams, or else adds some. */
    private void sendChange(String id) {
        List<String> removed = toRemove.stream().limit(NAMED_MAX).toList();
        Map<String, SharedFeed> added = removed.isEmpty() ? taken(toAdd) : Map.of();
        if (removed.isEmpty() && added.isEmpty()) {
            return;
        }
        removed.forEach(toRemove::remove);
        HttpRequest request;
        try {
            request = requests.change(id, added.values(), removed);
        } catch (RuntimeException e) {
            failAll(requests.explained(e));
            return;
        }
        followed.addAll(added.keySet());
        AnswerBody asked = new AnswerBody(settings.answerBytesMax(), () -> {});
        change = asked;
        asked.answer().whenComplete((answer, thrown) -> changed(asked, added, request, answer, thrown));
        later.add(() -> asked.send(settings.client(), request));
    }

    private void changed(
            AnswerBody asked,
            Map<String, SharedFeed> added,
            HttpRequest request,
            @Nullable Answer answer,
            @Nullable Throwable thrown) {
        synchronized (this) {
            if (change != asked) {
                return;
            }
            change = null;
            if (answer == null) {
                failAll(requests.explained(thrown));
            } else if (answer.isSuccess()) {
                advance();
            } else if (added.isEmpty() || answer.status() == StreamsRequest.NO_SESSION) {
                failAll(new StreamException.Unavailable(
                        HttpFeed.UNREACHABLE, answer.status(), StreamsRequest.text(request) + " was refused", null));
            } else {
                refuse(added, answer.failure(StreamsRequest.text(request), null));
                advance();
            }
        }
        runLater();
    }

    /** The server does not follow these streams, and follows the others as before. */
    private void refuse(Map<String, SharedFeed> added, StreamException refusal) {
        added.forEach((path, feed) -> {
            followed.remove(path);
            toRemove.remove(path);
            boolean left = leaving.remove(path);
            if (feeds.remove(path, feed)) {
                later.add(feed.fail(refusal));
            } else if (left && feeds.containsKey(path)) {
                toAdd.add(path);
            }
        });
    }

    // ---- events; with the lock ----

    /** Awaits the next event, unless a batch waits for its feed. */
    private void readOn() {
        SharedResponse reading = response;
        if (reading == null || blocking != null) {
            return;
        }
        Duration first = hasEvents ? settings.silenceMax() : settings.firstEventMax();
        later.add(() -> {
            silence.begin(first, () -> reading.fail(silent(reading)));
            reading.next().whenComplete((event, thrown) -> arrived(reading, event, thrown));
        });
    }

    private synchronized Throwable silent(SharedResponse reading) {
        return hasEvents || reading.hasBegun()
                ? requests.silent()
                : new NoEventsException("no event arrived within " + settings.firstEventMax());
    }

    private void arrived(SharedResponse from, @Nullable StreamEvent event, @Nullable Throwable thrown) {
        synchronized (this) {
            if (response != from) {
                return;
            }
            silence.end();
            if (thrown instanceof NoEventsException noEvents) {
                separateAll(noEvents);
            } else if (thrown != null) {
                failAll(requests.explained(thrown));
            } else if (event != null) {
                hasEvents = true;
                take(event);
            } else if (from.hasDelivered()) {
                reconnect();
            } else {
                separateAll(new NoEventsException("the response ended before its first event"));
            }
        }
        runLater();
    }

    private void take(StreamEvent event) {
        if (event.session() != null) {
            session = event.session();
            advance();
        } else if (followed.contains(event.stream())) {
            takeOfStream(event);
        }
        readOn();
    }

    private void takeOfStream(StreamEvent event) {
        String path = event.stream();
        boolean leaves = leaving.contains(path);
        SharedFeed feed = leaves ? null : feeds.get(path);
        if (event.isLast()) {
            followed.remove(path);
            leaving.remove(path);
            toRemove.remove(path);
            if (feed != null) {
                feeds.remove(path);
            } else if (feeds.containsKey(path)) {
                toAdd.add(path);
            }
            advance();
        }
        if (feed != null) {
            later.add(feed.take(event));
            blocking = feed.holds() ? feed : null;
        }
    }

    /** The server has ended the response, as it does after some time. */
    private void reconnect() {
        LOG.debug("the response for {} streams of {} has ended; another one follows", feeds.size(), settings.root());
        AnswerBody asked = change;
        SharedFeed held = blocking;
        forget();
        blocking = held;
        if (asked != null) {
            later.add(asked::cancel);
        }
        toAdd.addAll(feeds.keySet());
        advance();
    }

    /** Each feed continues on a connection of its own. */
    private void separateAll(NoEventsException reason) {
        LOG.debug("streams of {} are followed separately: {}", settings.root(), reason.getMessage());
        leaveAll(feed -> feed.separate(requests.noEvents(String.valueOf(reason.getMessage()))));
    }

    private void failAll(RuntimeException failure) {
        leaveAll(feed -> feed.fail(failure));
    }

    private void leaveAll(Function<SharedFeed, Runnable> leave) {
        List<SharedFeed> left = new ArrayList<>(feeds.values());
        feeds.clear();
        left.forEach(feed -> later.add(leave.apply(feed)));
        disconnect();
    }
}
