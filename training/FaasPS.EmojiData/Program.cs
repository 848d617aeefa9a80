using FaasPS.EmojiData;

if (args is not ["compose", var packages, var folder])
{
    Console.Error.WriteLine("usage: FaasPS.EmojiData compose <folder of build/fetch-emoji.sh> <folder for the pictures>");
    return 2;
}
var set = EmojiSet.Load(packages);
Console.WriteLine($"{set.Training.Count} names to train on, {set.HeldOut.Count} held out: {string.Join(", ", set.HeldOut.Select(e => e.Name))}");
var writer = new DataWriter(folder, seed: 1);
writer.Write(set.Training, "train.jsonl");
writer.Write(set.HeldOut, "heldout.jsonl");
var prompts = set.Training.SelectMany(emoji => EmojiSet.Styles.SelectMany(style => Scene.Tints.SelectMany(tint => Scene.Backgrounds
    .Select(background => new Scene(emoji.Name, style, tint, background, default).Caption))));
var merges = Merges.Write(prompts, Path.Combine(folder, "tokenizer", "merges.txt"));
Console.WriteLine($"{merges} merges in the vocabulary, {merges + 514} tokens");
return 0;
