package io.streamkeeper.server.longrun;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * What the registry of a server says of the streams of a {@link Traffic}: soon after a change, also one that was made while
 * the server had no registry, it is what the model has.
 */
final class Registries {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final Traffic traffic;

    Registries(Traffic traffic) {
        this.traffic = traffic;
    }

    /** Reads the registry until it fits the model. */
    void read() {
        await(traffic.name + ": the registry, of the model " + traffic.streams)
                .atMost(SOON)
                .pollDelay(Duration.ZERO)
                .pollInterval(PAUSE)
                .pollInSameThread()
                .until(this::fold, this::fits);
        traffic.reach.count("registry");
    }

    private boolean fits(Set<String> paths) {
        return traffic.streams.stream()
                .allMatch(stream -> stream.life.mayHaveEnded() || stream.deleted != paths.contains(stream.path));
    }

    private Set<String> fold() throws IOException, Traffic.Later {
        Wire.Answer answer = traffic.exchange("GET", traffic.target("__registry__"), "");
        if (answer.status() != 200) {
            throw new AssertionError(traffic.name + ": the registry is answered with " + answer);
        }
        Set<String> paths = new HashSet<>();
        for (JsonNode message : MAPPER.readTree(answer.body())) {
            String path = message.get("key").asText();
            if (!path.startsWith(traffic.name + "/")) {
                continue;
            }
            if (message.get("headers").get("operation").asText().equals("insert")) {
                paths.add(path);
            } else {
                paths.remove(path);
            }
        }
        return paths;
    }
}
