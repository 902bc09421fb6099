package io.streamkeeper.server.longrun;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Listings of the streams of a {@link Traffic}: they have each stream of the model that exists, once, and no other. */
final class Listings {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Traffic traffic;

    Listings(Traffic traffic) {
        this.traffic = traffic;
    }

    void list() throws IOException, Traffic.Later {
        Map<String, JsonNode> listed = new LinkedHashMap<>();
        int limit = 1 + traffic.random.nextInt(30);
        String after = "";
        while (after != null) {
            after = page(limit, after, listed);
        }
        for (ModelStream stream : traffic.streams) {
            check(stream, listed.remove(stream.path));
        }
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
