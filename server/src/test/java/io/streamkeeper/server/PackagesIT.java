package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The jars as they are published: no package is in two of them, and the runnable jar has each class once. */
class PackagesIT {
    private static final String OWN = "io/streamkeeper/";

    @Test
    void noPackageIsInTwoJars() throws IOException {
        Map<String, Path> owners = new HashMap<>();
        List<Path> jars = moduleJars();
        assertThat(jars).hasSize(5);
        for (Path jar : jars) {
            for (String name : packages(classes(jar))) {
                assertThat(owners.putIfAbsent(name, jar))
                        .as(name + " is in " + jar + " and in")
                        .isNull();
            }
        }
    }

    @Test
    void theRunnableJarHasTheClassesOfTheModulesAndNoOthers() throws IOException {
        List<String> expected = new ArrayList<>();
        for (Path jar : moduleJars()) {
            expected.addAll(classes(jar));
        }
        assertThat(classes(PackagedServer.jar())).containsExactlyInAnyOrderElementsOf(expected);
    }

    /** Those of the modules that the server has, and its own. */
    private static List<Path> moduleJars() {
        List<Path> jars = new ArrayList<>();
        Pattern.compile(Pattern.quote(File.pathSeparator))
                .splitAsStream(System.getProperty("java.class.path"))
                .map(Path::of)
                .filter(entry -> entry.getFileName().toString().matches("streamkeeper-[a-z]+-[0-9].*\\.jar")
                        && !entry.getFileName().toString().endsWith("-tests.jar"))
                .forEach(jars::add);
        File[] own = PackagedServer.jar()
                .getParent()
                .toFile()
                .listFiles((directory, name) -> name.matches("streamkeeper-server-[0-9][^-]*(-SNAPSHOT)?\\.jar"));
        assertThat(own).hasSize(1);
        if (!jars.contains(own[0].toPath())) {
            jars.add(own[0].toPath());
        }
        return jars;
    }

    private static List<String> classes(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.stream()
                    .map(JarEntry::getName)
                    .filter(name -> name.startsWith(OWN) && name.endsWith(".class"))
                    .toList();
        }
    }

    private static Set<String> packages(List<String> classes) {
        Set<String> packages = new HashSet<>();
        classes.forEach(name -> packages.add(name.substring(0, name.lastIndexOf('/'))));
        return packages;
    }
}
