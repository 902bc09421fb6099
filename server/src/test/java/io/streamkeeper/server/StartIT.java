package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a start loads until the first response, because that is most of its time: 0.1 ms for each class on the machine
 * of docs/performance.md. A class count is the same on a busy machine, unlike a time.
 */
class StartIT {
    /** 2,900 are loaded by JDK 17, and 3,300 by JDK 25, of which 400 are its own. */
    private static final int CLASSES_MAX = 3_450;

    @TempDir
    private Path folder;

    @Test
    void aStartLoadsNoLibraryThatItDoesNotNeed() throws Exception {
        Path classes = folder.resolve("classes");
        try (PackagedServer server = PackagedServer.start(
                PackagedServer.runningJava(),
                List.of("-Xlog:class+load:file=" + classes + ":none", "-Dio.netty.leakDetection.level=disabled"),
                Map.of(),
                folder.resolve("log"),
                List.of())) {
            URI health = server.uri().resolve("/health");
            assertThat(HttpClient.newHttpClient()
                            .send(HttpRequest.newBuilder(health).build(), BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
            List<String> loaded = Files.readAllLines(classes);
            assertThat(loaded)
                    .noneMatch(line -> line.startsWith("picocli.CommandLine "))
                    .noneMatch(line -> line.startsWith("jdk.jfr.EventType"))
                    .noneMatch(line -> line.startsWith("ch.qos.logback.core.pattern."))
                    .noneMatch(line -> line.startsWith("java.sql."))
                    .noneMatch(line -> line.startsWith("io.streamkeeper.cluster."))
                    .noneMatch(line -> line.startsWith("org.apache.ratis."));
            assertThat(loaded).hasSizeLessThan(CLASSES_MAX);
        }
    }
}
