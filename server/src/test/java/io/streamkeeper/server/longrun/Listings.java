package io.streamkeeper.server.longrun;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Listings of the streams of a {@link Traffic}: they have each stream of the model that exists, once, and no other; and so
 * has one who follows what becomes of a listing.
 */
final class Listings {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Traffic traffic;

    /** The streams of the last listing, and whether they are closed. */
    private final Map<String, Boolean> closedByPath = new HashMap<>();

    /** The position of its first page; null for none. */
    private @Nullable String position;

    /** The position of the first page of a listing of which further pages are read. */
    private @Nullable String positionOfFirst;

    private boolean isOfThisStart;

    Listings(Traffic traffic) {
        this.traffic = traffic;
    }

    /** The server has started again: positions of before are of no use. */
    void restarted() {
        isOfThisStart = false;
    }

    /** The next start has another, empty data directory. */
    void forget() {
        position = null;
    }

    /** Lists all streams, or follows what has become of the last listing. */
    void list() throws IOException, Traffic.Later {
        if (position != null && traffic.random.nextBoolean()) {
            follow(position);
        } else {
            listAll();
        }
    }

    private void listAll() throws IOException, Traffic.Later {
        Map<String, JsonNode> listed = new LinkedHashMap<>();
        int limit = 1 + traffic.random.nextInt(30);
        String after = "";
        while (after != null) {
            after = page(limit, after, listed);
        }
        position = positionOfFirst;
        isOfThisStart = true;
        closedByPath.clear();
        listed.forEach(
                (path, entry) -> closedByPath.put(path, entry.get("closed").asBoolean()));
        for (ModelStream stream : traffic.streams) {
            check(stream, listed.remove(stream.path));
        }
        listed.keySet().removeIf(traffic::isResting);
        if (!listed.isEmpty()) {
            throw new AssertionError(traffic.name + ": listed, but not there: " + listed);
        }
        traffic.reach.count("listing");
    }

    /** Adds a page; returns what the next one is after, or null after the last one. */
    private @Nullable String page(int limit, String after, Map<String, JsonNode> listed)
            throws IOException, Traffic.Later {
        String query = "?prefix=" + traffic.name + "/&limit=" + limit + "&after=" + after;
        Wire.Answer answer = traffic.exchange("GET", traffic.target(query), "");
        if (answer.status() != 200) {
            throw new AssertionError(traffic.name + ": a listing is answered with " + answer);
        }
        JsonNode page = MAPPER.readTree(answer.body());
        if (page.has("position")) {
            positionOfFirst = page.get("position").asText();
        }
        String last = after;
        for (JsonNode stream : page.get("streams")) {
            String path = stream.get("path").asText();
            if (last.compareTo(path) >= 0 || listed.put(path, stream) != null) {
                throw new AssertionError(traffic.name + ": " + path + " is listed after " + last);
            }
            last = path;
        }
        if (page.has("next")) {
            traffic.reach.count("listing: a further page");
            return page.get("next").asText();
        }
        return null;
    }

    /** What the last listing has had, and has become since, is what the model has. */
    private void follow(String after) throws IOException, Traffic.Later {
        String target = traffic.target("?live=sse&prefix=" + traffic.name + "/&after=" + after);
        Wire.Events events = traffic.eventsOfStreams("GET", target, "", ModelStream.Kind.JSON);
        if (events.head().status() != 200) {
            throw new AssertionError(traffic.name + ": a live listing is answered with " + events.head());
        }
        if (events.data().equals(List.of(Wire.LIST_AGAIN))) {
            // Each member of a cluster has positions of its own.
            if (isOfThisStart && !traffic.servers().isCluster()) {
                throw new AssertionError(traffic.name + ": it has to list again after " + after);
            }
            position = null;
            traffic.reach.count("listing: to list again");
            return;
        }
        if (!isOfThisStart) {
            throw new AssertionError(traffic.name + ": it need not list again after a start, after " + after);
        }
        for (String data : events.data()) {
            MAPPER.readTree(data).forEach(this::apply);
        }
        for (ModelStream stream : traffic.streams) {
            Boolean closed = closedByPath.get(stream.path);
            if (!stream.life.mayHaveEnded()) {
                boolean isKnown = stream.tail() != null && !stream.tail().isEmpty();
                boolean fits =
                        stream.deleted ? closed == null : closed != null && (!isKnown || closed == stream.closed);
                traffic.require(fits, stream, "followed as closed: " + closed);
            }
        }
        // The position of the events is not read, so the same changes come again.
        position = null;
        traffic.reach.count("listing: followed");
    }

    private void apply(JsonNode change) {
        String path = change.get("path").asText();
        switch (change.get("change").asText()) {
            case "created" -> closedByPath.put(path, change.get("closed").asBoolean());
            case "closed" -> closedByPath.put(path, true);
            default -> closedByPath.remove(path);
        }
        traffic.reach.count("listing: " + change.get("change").asText());
    }

    private void check(ModelStream stream, @Nullable JsonNode listed) {
        if (listed == null) {
            traffic.require(stream.deleted || stream.life.mayHaveEnded(), stream, "not listed");
            return;
        }
        traffic.require(!stream.deleted, stream, "listed, but deleted");
        String tail = stream.tail();
        boolean isReplaced = stream.life.mayHaveEnded();
        if (tail != null && !tail.isEmpty() && !isReplaced) {
            traffic.require(listed.get("nextOffset").asText().equals(tail), stream, "listed as " + listed);
            traffic.require(listed.get("closed").asBoolean() == stream.closed, stream, "listed as " + listed);
        }
    }
}
