using System.Xml.Linq;
using FaasPS.Cmdlets;
using FaasPS.Help;

// FaasPS.Help <folder of the pages> <file to write>
var pages = HelpPage.ReadAll(args[0]);
var commands = CommandDescription.All(typeof(FaasModel).Assembly);
Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(args[1]))!);
MamlWriter.Write(commands, pages).Save(args[1], SaveOptions.None);
