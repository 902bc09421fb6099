package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A package belongs to one module, so that modules may become modules of Java, and a class says which one it is in. */
class PackagesTest {
    private static final Path REPOSITORY = Path.of("..");

    @Test
    void noPackageIsInTwoModules() throws IOException {
        Map<String, Set<String>> modules = new TreeMap<>();
        for (String module : modules()) {
            for (String part : List.of("main", "test")) {
                Path sources =
                        REPOSITORY.resolve(module).resolve("src").resolve(part).resolve("java");
                for (String name : packages(sources)) {
                    modules.computeIfAbsent(name, any -> new HashSet<>()).add(module);
                }
            }
        }
        assertThat(modules)
                .containsKeys("io.streamkeeper.protocol", "io.streamkeeper.client.http", "io.streamkeeper.server");
        assertThat(modules)
                .allSatisfy((name, owners) -> assertThat(owners).as(name).hasSize(1));
    }

    /** What the build lists. */
    private static List<String> modules() throws IOException {
        String pom = Files.readString(REPOSITORY.resolve("pom.xml"));
        return pom.lines()
                .map(String::strip)
                .filter(line -> line.startsWith("<module>"))
                .map(line -> line.replaceAll("</?module>", ""))
                .toList();
    }

    private static Set<String> packages(Path sources) throws IOException {
        if (!Files.exists(sources)) {
            return Set.of();
        }
        try (Stream<Path> files = Files.walk(sources)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .map(file -> sources.relativize(file.getParent()).toString().replace('/', '.'))
                    .collect(Collectors.toSet());
        }
    }
}
