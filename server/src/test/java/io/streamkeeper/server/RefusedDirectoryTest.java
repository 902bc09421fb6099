package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.server.config.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A data directory that the server refuses is left as it was. */
class RefusedDirectoryTest {
    @TempDir
    Path directory;

    private static ServerConfig config(Path data, int shards, boolean mustExist) {
        return ServerConfig.builder()
                .listen(listen -> listen.port(0).shards(shards))
                .data(storage -> storage.directory(data).mustExist(mustExist))
                .build();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.sorted().toList();
        }
    }

    private void assertRefused(ServerConfig config, String reason) throws IOException {
        List<Path> before = files();
        assertThatThrownBy(() -> DurableStreamsServer.start(config))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(reason);
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void oneThatHoldsSomethingElse() throws IOException {
        Path data = Files.createDirectory(directory.resolve("data"));
        Files.writeString(data.resolve("thesis.txt"), "draft");
        assertRefused(config(data, 0, false), "\"thesis.txt\" in it but no file FORMAT");
    }

    @Test
    void oneThatIsAFile() throws IOException {
        Path data = Files.writeString(directory.resolve("data"), "draft");
        assertRefused(config(data, 0, false), "data");
    }

    @Test
    void oneThatMustExistAndIsEmpty() throws IOException {
        Path data = Files.createDirectory(directory.resolve("data"));
        assertRefused(config(data, 0, true), "--data-dir-must-exist");
        assertRefused(config(directory.resolve("missing"), 0, true), "--data-dir-must-exist");
    }

    @Test
    void oneOfAnotherNumberOfShardsOrOfADamagedFormat() throws Exception {
        Path data = directory.resolve("data");
        DurableStreamsServer.start(config(data, 1, false)).stop();
        Files.delete(data.resolve("LOCK"));
        assertRefused(config(data, 2, false), "--shards is 2");
        Path format = data.resolve("FORMAT");
        Files.writeString(format, Files.readString(format).replaceFirst("data \\d+", "data 99"));
        assertRefused(config(data, 0, false), "FORMAT is damaged");
    }
}
