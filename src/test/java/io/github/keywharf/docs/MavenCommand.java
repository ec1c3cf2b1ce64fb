package io.github.keywharf.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** Finds what a command in a text asks of the build and the build does not have. */
final class MavenCommand {
    private static final Set<String> PHASES =
            Set.of("clean", "validate", "compile", "test-compile", "test", "package", "verify", "install", "deploy");

    private static final Pattern PROFILES = Pattern.compile("-P\\s*(\\S+)");
    private static final Pattern PLUGIN = Pattern.compile("(?:maven-)?(.+?)(?:-maven)?(?:-plugin)?");

    /** What parts words: blanks after which quotes are in pairs, so that a quoted word may have blanks of its own. */
    private static final String BLANKS = "\\s+(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)";

    private final Document pom;
    private final Path root;

    private MavenCommand(Document pom, Path root) {
        this.pom = pom;
        this.root = root;
    }

    static MavenCommand of(Path root) throws IOException {
        try (var in = Files.newInputStream(root.resolve("pom.xml"))) {
            return new MavenCommand(
                    DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in), root);
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException("[pom.xml] is not valid XML", e);
        }
    }

    /** One complaint a fault; none if the command can be run. */
    List<String> faults(String command) {
        List<String> words = List.of(command.replaceFirst("\\s#.*$", "").strip().split(BLANKS));
        String program = words.get(0);
        if (program.startsWith(".") && !Files.isExecutable(root.resolve(program))) {
            return List.of(program + " is not a program of the project");
        }
        return program.equals("./mvnw") || program.equals("mvn") ? mavenFaults(command, words) : List.of();
    }

    private List<String> mavenFaults(String command, List<String> words) {
        Set<String> profiles = Set.copyOf(texts("//profile/id"));
        Set<String> plugins =
                texts("//plugin/artifactId").stream().map(MavenCommand::prefix).collect(Collectors.toSet());
        List<String> faults = new ArrayList<>();
        boolean hasDefault = false;
        Matcher named = PROFILES.matcher(command);
        while (named.find()) {
            for (String profile : named.group(1).split(",", -1)) {
                if (!profiles.contains(profile)) {
                    faults.add("profile " + profile + " is not in pom.xml");
                }
                hasDefault |= !texts("//profile[id='" + profile.replace("'", "") + "']/build/defaultGoal")
                        .isEmpty();
            }
        }
        List<String> goals = goals(words);
        if (goals.isEmpty() && !hasDefault) {
            faults.add("no goal is named, and no profile brings one");
        }
        Stream<String> unknown = goals.stream()
                .filter(goal -> goal.contains(":")
                        ? !plugins.contains(goal.substring(0, goal.indexOf(':')))
                        : !PHASES.contains(goal));
        unknown.forEach(goal -> faults.add("goal " + goal + " is not in pom.xml"));
        return faults;
    }

    private static List<String> goals(List<String> words) {
        List<String> goals = new ArrayList<>();
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i);
            boolean namesProfiles = words.get(i - 1).equals("-P");
            if (!word.startsWith("-") && !namesProfiles) {
                goals.add(word);
            }
        }
        return goals;
    }

    private static String prefix(String artifact) {
        Matcher matcher = PLUGIN.matcher(artifact);
        return matcher.matches() ? matcher.group(1) : artifact;
    }

    private List<String> texts(String path) {
        try {
            XPath xpath = XPathFactory.newInstance().newXPath();
            NodeList nodes = (NodeList) xpath.evaluate(path, pom, XPathConstants.NODESET);
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < nodes.getLength(); i++) {
                texts.add(nodes.item(i).getTextContent().strip());
            }
            return texts;
        } catch (XPathExpressionException e) {
            throw new IllegalArgumentException("[" + path + "] is not valid XPath", e);
        }
    }
}
