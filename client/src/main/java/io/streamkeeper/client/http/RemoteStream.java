package io.streamkeeper.client.http;

import static io.streamkeeper.client.http.ReadQuery.encoded;

import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.ReadOptions;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.StreamPath;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a server: its requests, and whether its events arrive. It outlives the feeds of one listening, so that
 * not every feed has to find this out. Safe for use by any thread.
 */
final class RemoteStream {
    private final RemoteSettings settings;
    private final String path;
    private volatile boolean polled;

    RemoteStream(RemoteSettings settings, String path) {
        this.settings = settings;
        this.path = path;
        this.polled = !settings.usesEvents();
    }

    RemoteSettings settings() {
        return settings;
    }

    /** Whether long-polls are used, because events do not arrive or are disabled. */
    boolean isPolled() {
        return polled;
    }

    /** Switches to long-polls, because their responses arrive and events do not. */
    void pollFromNowOn() {
        polled = true;
    }

    // ---- requests; they throw a RefusedException if the path is invalid ----

    HttpRequest head() {
        return request("").method("HEAD", BodyPublishers.noBody()).build();
    }

    HttpRequest poll(From from, @Nullable String cursor) {
        return request(query(from, "long-poll", cursor)).build();
    }

    HttpRequest events(From from, @Nullable String cursor) {
        return request(query(from, "sse", cursor))
                .header("Accept", "text/event-stream")
                .build();
    }

    HttpRequest read(From from) {
        return request("?offset=" + encoded(from.offset())).build();
    }

    HttpRequest read(ReadOptions options) {
        return request(ReadQuery.of(options)).build();
    }

    private static String query(From from, String live, @Nullable String cursor) {
        String query = "?offset=" + encoded(from.offset()) + "&live=" + live;
        return cursor == null ? query : query + "&cursor=" + encoded(cursor);
    }

    /** A request for this stream with the headers of the settings. */
    HttpRequest.Builder request(String query) {
        return settings.request(StreamPath.of(path).encoded() + query);
    }

    @Override
    public String toString() {
        return "stream " + Quoted.of(path) + " at " + settings.root();
    }
}
