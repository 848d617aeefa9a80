using FaasPS.EmojiData;

// compose <emoji> <folder>    the training data: pictures, lists and the vocabulary; emoji: build/fetch-emoji.sh's folder
// samples <emoji> <folder>    eight held-out pictures, each with a prompt beside it
// mean <output> <weights>...  the mean of several runs' weights
switch (args)
{
    case ["compose", var emoji, var folder]:
        Compose(EmojiSet.Load(emoji), folder);
        return 0;
    case ["samples", var emoji, var folder]:
        Samples.Write(EmojiSet.Load(emoji), folder);
        return 0;
    case ["mean", var output, .. { Length: > 0 } weights]:
        WeightMean.Write(output, weights);
        return 0;
    default:
        Console.Error.WriteLine("usage: compose <emoji> <folder> | samples <emoji> <folder> | mean <output> <weights>...");
        return 2;
}

static void Compose(EmojiSet set, string folder)
{
    Console.WriteLine(
        $"{set.Training.Count} names to train on, {set.HeldOut.Count} held out: {string.Join(", ", set.HeldOut.Select(emoji => emoji.Name))}; "
        + $"others: {set.Others.Count}, {set.OthersHeldOut.Count} held out");
    var writer = new DataWriter(folder, seed: 1);
    var training = writer.Draw(set.Training, "train", places: 6);
    writer.WriteList("train", training);
    writer.WriteList("heldout", writer.Draw(set.HeldOut, "heldout", places: 6));
    writer.WriteRecolourings("recolour", [.. training, .. writer.Draw(set.Others, "others", places: 3)]);
    var prompts = set.Training.SelectMany(emoji => EmojiSet.Styles.SelectMany(style => Scene.Tints.SelectMany(tint => Scene.Backgrounds
        .Select(background => new Scene(emoji.Name, style, tint, background, default).Caption))));
    var merges = Merges.Write(prompts, Path.Combine(folder, "tokenizer", "merges.txt"));
    Console.WriteLine($"{merges} merges in the vocabulary, {merges + 514} tokens");
}
