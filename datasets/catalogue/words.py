"""The word lists of make-catalogue, English | Chinese. All of them were written for it; the brands are invented."""

BRANDS = """
Lumora|璐沐;Tavino|塔维诺;Nestwood|巢木;Oakline|橡线;Pebbla|珮贝;Kintaro Home|金太良;Brisk & Barrow|布巴洛;Solvane|索凡;Miromi|米洛米;Fennec Lab|耳廓狐;
Haldur|哈度;Quillow|羽柳;Varda Tools|瓦达;Zephyrine|泽菲琳;Cobalt Fox|钴狐;Marblewing|云石翼;Yuntai|云苔;Hexagrove|六角林;Plumtide|梅汐;Ostrava Works|奥瓦;
Little Comet|小彗星;Northpeg|北桩;Riverlid|河盖;Tanglewick|缠芯
"""

COLOURS = "red|红色;navy blue|藏青色;sky blue|天蓝色;forest green|墨绿色;mint|薄荷绿;black|黑色;white|白色;grey|灰色;yellow|黄色;orange|橙色;pink|粉色;purple|紫色;beige|米色;brown|棕色"

MATERIALS = {
    "plush": "polyester plush|涤纶毛绒;organic cotton|有机棉;corduroy|灯芯绒;recycled fleece|再生摇粒绒",
    "wood": "beech wood|榉木;bamboo|竹;walnut|胡桃木;pine|松木;birch plywood|桦木胶合板",
    "plastic": "ABS plastic|ABS塑料;food-grade silicone|食品级硅胶;polypropylene|聚丙烯;bioplastic|生物塑料",
    "steel": "stainless steel|不锈钢;carbon steel|碳钢;galvanized steel|镀锌钢;304 stainless steel|304不锈钢",
    "cookware": "cast iron|铸铁;stainless steel|不锈钢;ceramic-coated aluminium|陶瓷涂层铝;hard-anodized aluminium|硬质阳极氧化铝",
    "ceramic": "stoneware|炻瓷;porcelain|白瓷;bone china|骨瓷;borosilicate glass|高硼硅玻璃",
    "textile": "cotton|纯棉;linen|亚麻;merino wool|美利奴羊毛;bamboo fibre|竹纤维;microfibre|超细纤维",
    "silk": "mulberry silk|桑蚕丝;cashmere|羊绒;wool blend|羊毛混纺",
    "outdoor": "ripstop nylon|防撕裂尼龙;Oxford cloth|牛津布;polyester|涤纶;canvas|帆布",
    "alloy": "aluminium alloy|铝合金;chrome vanadium steel|铬钒钢;fibreglass|玻璃纤维;zinc alloy|锌合金",
    "device": "aluminium|铝合金;matte plastic|磨砂塑料;recycled plastic|再生塑料;tempered glass|钢化玻璃",
    "paper": "acid-free paper|无酸纸;recycled paper|再生纸;kraft paper|牛皮纸;stone paper|石头纸",
    "leather": "cowhide leather|牛皮;vegan leather|素皮;waxed canvas|蜡帆布",
    "rubber": "natural rubber|天然橡胶;TPE|TPE;cork|软木",
}

# Category: English and Chinese name, SKU prefix, features, and its products as
# English | Chinese | material | lowest and highest price | measure: name, unit, values | what it is for.
CATEGORIES = {
    "toys": ("Toys", "玩具", "TOY", """machine washable|可机洗;no small parts|无细小零件;rounded edges|圆角无毛刺;tested for children from 12 months|适合12个月以上儿童;
water-based paint|水性环保漆;comes in a cotton bag|附棉布收纳袋""", """
panda plush toy|熊猫毛绒玩具|plush|9-39|height,高,cm:20,28,35,50|a soft friend to cuddle and to fall asleep with|柔软可抱，陪孩子入睡
dinosaur plush toy|恐龙毛绒公仔|plush|9-35|height,高,cm:22,30,45|a cuddly toy for small dinosaur fans|送给小小恐龙迷的抱偶
wooden building blocks|木制积木|wood|15-59|pieces,片数,:40,60,100,150|building towers and learning shapes|搭高塔、认形状
jigsaw puzzle|拼图|wood|8-29|pieces,片数,:100,300,500,1000|a quiet evening with the family|全家安静消磨一个晚上
remote control car|遥控车|plastic|19-79|speed,时速,km/h:12,18,25|races in the yard and indoors|院子和室内赛车
bath toy set|洗澡玩具套装|plastic|7-25|pieces,件数,:4,6,8|makes bath time fun for toddlers|让宝宝爱上洗澡
wooden train set|木制火车轨道套装|wood|25-99|pieces,件数,:30,52,80|laying tracks and telling stories|铺轨道、编故事
magnetic tiles|磁力片|plastic|22-89|pieces,片数,:32,60,100|building in three dimensions and learning about magnets|立体拼搭，认识磁力
board game for families|家庭桌游|wood|12-45|players,人数,:4,6,8|rainy afternoons with friends|雨天和朋友一起玩
kite|风筝|outdoor|8-29|wingspan,翼展,cm:100,140,180|windy days at the beach or in the park|海边和公园里放飞"""),
    "kitchen": ("Kitchen", "厨房用品", "KIT", """dishwasher safe|可用洗碗机清洗;even heat|受热均匀;stay-cool handle|手柄隔热;works on induction|电磁炉适用;
easy to clean|易清洗;nests to save space|可叠放节省空间""", """
frying pan|平底煎锅|cookware|19-89|diameter,直径,cm:20,24,28,30|eggs, pancakes and steaks|煎蛋、煎饼、煎牛排
wok|炒锅|cookware|25-99|diameter,直径,cm:28,30,32,34|stir-frying over high heat|大火快炒
stockpot|汤锅|cookware|29-119|capacity,容量,L:4,6,8,10|soups and stews for many guests|煲汤炖肉，招待客人
chef's knife|主厨刀|steel|19-129|blade,刀长,cm:15,18,20,24|slicing vegetables and meat|切菜切肉
chopping board|砧板|wood|9-49|length,长,cm:30,38,45|cutting and serving|切菜与摆盘
insulated travel mug|保温随行杯|steel|14-45|capacity,容量,ml:350,450,500|keeps coffee hot on the way to work|上班路上咖啡一直热
thermos flask|保温壶|steel|18-59|capacity,容量,L:1,1.5,2|hot tea for a whole day outdoors|户外一整天都有热茶
teapot|茶壶|ceramic|15-79|capacity,容量,ml:400,600,900|brewing loose leaf tea|冲泡散茶
rice bowl set|饭碗套装|ceramic|12-55|pieces,件数,:4,6,8|everyday family meals|一家人日常用餐
storage jar|密封储物罐|ceramic|6-29|capacity,容量,ml:500,800,1200|keeps rice, tea and spices dry|米、茶、香料防潮保存
digital kitchen scale|厨房电子秤|device|11-39|capacity,量程,kg:3,5,10|weighing flour for baking|烘焙称面粉
silicone spatula|硅胶铲|plastic|4-15|length,长,cm:24,28,32|scraping bowls without scratching the coating|刮盆翻炒不伤涂层"""),
    "textiles": ("Textiles", "家纺", "TEX", """soft to the skin|亲肤柔软;dries fast|速干;keeps its colour|不易褪色;low-impact dyes|环保染料;double stitched|双线缝制;breathable|透气""", """
bath towel|浴巾|textile|9-39|length,长,cm:120,140,160|drying off after a shower|淋浴后擦干身体
duvet cover set|被套四件套|textile|39-159|width,宽,cm:150,180,200|a fresh bed for every season|四季换洗的清爽床品
blanket|毛毯|silk|29-149|length,长,cm:150,180,200|cold evenings on the sofa|寒夜沙发上取暖
pillow|枕头|textile|15-69|height,高,cm:8,10,12|a good night's sleep with a relaxed neck|放松颈部，安睡整夜
tablecloth|桌布|textile|12-49|length,长,cm:140,180,240|dinner with guests|宴请客人
curtain|窗帘|textile|19-99|height,高,cm:180,240,270|keeps the morning sun out of the bedroom|遮挡卧室的晨光
scarf|围巾|silk|15-99|length,长,cm:160,180,200|keeps the neck warm in winter|冬天给脖子保暖
apron|围裙|textile|9-35|length,长,cm:70,80,90|keeps clothes clean while cooking|做饭时保持衣服干净
oven glove|隔热手套|textile|6-22|length,长,cm:28,32,36|taking hot trays out of the oven|从烤箱里取出热烤盘
floor rug|地毯|textile|29-199|length,长,cm:120,160,230|bare feet in the living room|客厅里赤脚也舒服"""),
    "tools": ("Tools", "五金工具", "TOL", """hardened|经淬火处理;non-slip grip|防滑手柄;in a sturdy case|附坚固工具箱;laser-etched scale|激光刻度;spare parts available|可换配件;rust resistant|防锈""", """
claw hammer|羊角锤|steel|9-39|weight,重,g:300,450,560|driving and pulling nails|钉钉子、起钉子
cordless drill|充电电钻|alloy|49-169|voltage,电压,V:12,18,20|drilling holes in wood, metal and walls|木头、金属和墙面钻孔
screwdriver set|螺丝刀套装|alloy|12-59|pieces,件数,:6,24,45|assembling furniture and repairing devices|组装家具、维修电器
adjustable wrench|活动扳手|alloy|9-45|length,长,mm:150,200,250|loosening nuts of every size|拧松各种螺母
hand saw|手锯|steel|11-39|length,长,mm:350,450,500|cutting boards to length|锯木板
tape measure|卷尺|steel|5-19|length,长,m:3,5,8|measuring rooms and furniture|测量房间和家具
spirit level|水平尺|alloy|9-49|length,长,cm:30,60,100|hanging shelves straight|把搁板挂平
toolbox|工具箱|steel|19-79|length,长,cm:35,42,50|keeps screws and tools in order|螺丝工具收纳有序
step ladder|人字梯|alloy|39-139|steps,级数,:3,4,5|changing light bulbs and painting ceilings|换灯泡、刷天花板
work gloves|劳保手套|rubber|4-19|pairs,双数,:1,3,6|protects hands on the building site|工地上保护双手"""),
    "industrial": ("Industrial supplies", "工业品", "IND", """with mill certificate|附材质证明;deburred ends|端口去毛刺;pressure tested|经压力测试;custom lengths on request|可定尺切割;in bulk packs|大包装;meets the usual norms|符合常用标准""", """
industrial steel pipe|工业钢管|steel|19-299|diameter,外径,mm:25,48,89,114|carrying water, oil and steam in factories|工厂输送水、油和蒸汽
hex bolt|六角螺栓|steel|5-59|thread,螺纹,:M6,M8,M10,M12|joining steel frames and machines|连接钢架和机器
ball bearing|深沟球轴承|steel|4-49|bore,内径,mm:8,12,20,25|shafts that turn fast and quietly|让转轴快速安静地转动
hydraulic hose|液压软管|rubber|15-129|length,长,m:1,2,5|excavators and presses|挖掘机和压力机
gate valve|闸阀|steel|25-259|diameter,通径,mm:15,25,50,80|shutting off a pipeline|切断管路
conveyor belt|输送带|rubber|59-499|width,宽,mm:300,500,650|moving parcels and ore|输送包裹和矿石
welding rods|焊条|steel|12-59|diameter,直径,mm:2.5,3.2,4|welding structural steel|焊接结构钢
safety helmet|安全帽|plastic|7-35|weight,重,g:320,360,400|protects the head from falling objects|防止坠物砸伤头部
cable tie|尼龙扎带|plastic|3-19|length,长,mm:100,200,300|bundling wires|捆扎电线"""),
    "electronics": ("Electronics", "数码电子", "ELE", """two-year warranty|两年质保;firmware updates|支持固件升级;charges over USB-C|USB-C充电;low power use|低功耗;works with phones and laptops|手机电脑通用;
quiet|静音""", """
wireless mouse|无线鼠标|device|12-69|resolution,分辨率,dpi:1600,2400,4000|working at a desk without cables|桌面办公告别线缆
mechanical keyboard|机械键盘|device|39-179|keys,键数,:68,87,104|typing and playing for hours|长时间打字和游戏
USB-C charging cable|USB-C充电线|device|6-25|length,长,m:0.5,1,2|charging a phone or laptop|给手机电脑充电
power bank|移动电源|device|19-89|capacity,容量,mAh:5000,10000,20000|a full battery on long trips|长途旅行手机不断电
bluetooth speaker|蓝牙音箱|device|25-149|power,功率,W:5,10,20|music at a picnic or in the bathroom|野餐、浴室里听音乐
noise-cancelling headphones|降噪耳机|device|49-299|battery,续航,h:20,30,50|peace and quiet on planes and in open offices|飞机和开放办公室里的安静
webcam|摄像头|device|25-119|resolution,分辨率,p:1080,1440,2160|video meetings and lessons|视频会议和上网课
smart watch|智能手表|device|49-259|battery,续航,d:5,7,14|counting steps, pulse and sleep|记录步数、心率和睡眠
desk lamp|台灯|device|19-89|power,功率,W:5,8,12|reading at night without tired eyes|夜晚阅读不伤眼
e-book reader|电子书阅读器|device|89-259|screen,屏幕,inch:6,7,8|a whole library on the train|地铁上的随身图书馆
memory card|存储卡|device|8-79|capacity,容量,GB:64,128,256|photos and videos from a camera|存相机的照片和视频"""),
    "stationery": ("Stationery", "文具", "STA", """lies flat when open|可平摊;acid free|不含酸;refillable|可替换芯;smooth writing|书写顺滑;gift box|礼盒装;does not bleed through|不洇纸""", """
fountain pen|钢笔|alloy|12-99|nib,笔尖,mm:0.38,0.5,0.7|letters and diaries written by hand|手写信件和日记
gel pen set|中性笔套装|plastic|4-19|pieces,支数,:6,12,24|lecture notes in many colours|多色课堂笔记
notebook|笔记本|paper|5-29|pages,页数,:96,160,240|ideas, lists and journals|记灵感、列清单、写日记
watercolour set|水彩颜料套装|plastic|11-59|colours,色数,:12,24,36|painting landscapes outdoors|户外写生
desk organizer|桌面收纳盒|wood|9-45|compartments,格数,:4,6,8|pens and clips in one place|笔和夹子归位
stapler|订书机|steel|5-25|sheets,张数,:20,30,50|binding reports|装订报告
pencil case|笔袋|leather|6-29|length,长,cm:18,20,22|carrying pens to school|上学装笔
greeting cards|贺卡|paper|4-19|pieces,张数,:6,10,20|birthdays and the new year|生日和新年祝福
whiteboard|白板|alloy|19-129|width,宽,cm:60,90,120|planning with a team|团队讨论做计划
calligraphy brush|毛笔|wood|6-49|length,长,cm:22,25,28|practising Chinese characters|练习书法"""),
    "outdoor": ("Outdoor", "户外", "OUT", """waterproof seams|接缝防水;packs small|收纳小巧;reflective details|反光设计;withstands wind|抗风;light to carry|轻便易携;repair kit included|附修补包""", """
two-person tent|双人帐篷|outdoor|59-259|weight,重,kg:1.5,2.2,2.9|sleeping in the mountains, even in the rain|山里露营，下雨也不怕
sleeping bag|睡袋|outdoor|35-189|comfort,舒适温度,°C:10,0,-10|cold nights under the stars|星空下的寒夜
hiking backpack|登山背包|outdoor|39-179|capacity,容量,L:25,40,60|multi-day walks with everything on the back|背上全部家当徒步数日
camping lantern|露营灯|plastic|15-59|brightness,亮度,lm:200,400,800|light in the tent and at the camp table|照亮帐篷和营地餐桌
folding chair|折叠椅|outdoor|19-79|load,承重,kg:90,110,140|fishing and picnics|钓鱼和野餐
trekking poles|登山杖|alloy|19-89|length,长,cm:110,125,135|spares the knees on the way down|下山保护膝盖
rain jacket|雨衣夹克|outdoor|29-149|water column,防水,mm:5000,10000,20000|staying dry on a bicycle or a walk|骑车走路不淋湿
picnic mat|野餐垫|outdoor|12-45|width,宽,cm:150,200,250|lunch on damp grass|湿草地上也能吃午餐
camping stove|露营炉具|steel|25-99|power,功率,W:2200,3000,3500|boiling water far from any kitchen|野外烧水做饭
head torch|头灯|plastic|12-59|brightness,亮度,lm:150,300,500|both hands free in the dark|黑暗中解放双手"""),
    "sports": ("Sports", "运动健身", "SPO", """sweat resistant|防汗;odourless|无异味;non-slip|防滑;with a carrying strap|附背带;for beginners and experts|新手高手皆宜;easy to wipe clean|易擦拭""", """
yoga mat|瑜伽垫|rubber|15-79|thickness,厚,mm:4,6,8|stretching and balance on hard floors|硬地板上拉伸与平衡练习
resistance band set|弹力带套装|rubber|9-39|pieces,条数,:3,5,11|strength training at home|居家力量训练
dumbbell pair|哑铃一对|alloy|19-129|weight,重,kg:2,5,10|stronger arms and shoulders|锻炼手臂和肩部
skipping rope|跳绳|rubber|6-25|length,长,m:2.5,2.8,3|warming up and burning calories|热身燃脂
badminton racket|羽毛球拍|alloy|15-119|weight,重,g:78,84,90|games in the gym and the garden|球馆和院子里对打
basketball|篮球|rubber|15-69|size,号,:5,6,7|street courts and school teams|街头球场和校队训练
swimming goggles|泳镜|plastic|8-45|pieces,副数,:1,2|clear sight under water|水下清晰视野
cycling helmet|骑行头盔|plastic|25-129|weight,重,g:230,260,310|a safe head on two wheels|骑行护头
running belt|跑步腰包|outdoor|9-35|capacity,容量,ml:500,800|carries keys and a phone on a run|跑步时装钥匙手机"""),
    "pets": ("Pets", "宠物用品", "PET", """chew resistant|耐咬;washable cover|外套可拆洗;no sharp edges|无锐边;quiet pump|水泵静音;for small and large animals|大小宠物通用;food safe|食品级安全""", """
cat tree|猫爬架|wood|35-159|height,高,cm:80,120,160|climbing, scratching and watching birds|攀爬、磨爪、看鸟
dog leash|牵引绳|leather|9-39|length,长,m:1.2,2,5|walks with a dog that pulls|牵住爱往前冲的狗
pet bed|宠物窝|plush|19-89|diameter,直径,cm:45,60,80|a warm place to nap for cats and dogs|猫狗打盹的暖窝
water fountain for cats|猫咪饮水机|plastic|19-69|capacity,容量,L:1.5,2,3|makes cats drink more|让猫多喝水
bird feeder|喂鸟器|wood|12-45|capacity,容量,L:1,2,3|watching sparrows from the window|在窗边看麻雀进食
aquarium filter|鱼缸过滤器|plastic|15-79|flow,流量,L/h:300,600,1000|clear water for fish|让鱼缸水清
grooming brush|宠物梳毛刷|plastic|7-25|width,宽,cm:6,8,10|less fur on the sofa|减少沙发上的猫毛狗毛"""),
    "home": ("Home and storage", "家居收纳", "HOM", """assembled without tools|免工具安装;folds flat|可折叠;load tested|经承重测试;adhesive strips included|附无痕胶条;moisture resistant|防潮;soft closing|缓降静音""", """
bookshelf|书架|wood|39-199|shelves,层数,:3,4,5|novels, folders and plants|放小说、文件和绿植
laundry basket|脏衣篮|textile|12-49|capacity,容量,L:40,60,90|collecting clothes for the wash|收纳待洗衣物
coat rack|衣帽架|wood|19-89|hooks,挂钩,:6,8,10|jackets and bags in the hallway|玄关挂外套和包
wall clock|挂钟|device|15-79|diameter,直径,cm:25,30,40|a silent clock for bedroom and office|卧室办公室的静音时钟
scented candle|香薰蜡烛|ceramic|8-39|burn time,燃烧,h:20,35,50|a calm evening and a pleasant smell|宁静的夜晚与好闻的气味
shoe rack|鞋架|wood|19-79|tiers,层数,:2,3,5|order behind the front door|门后鞋子整整齐齐
vacuum storage bags|真空压缩袋|plastic|7-29|pieces,个数,:4,6,12|winter quilts take a third of the room|冬被体积缩到三分之一
humidifier|加湿器|device|19-99|capacity,容量,L:1,2,4|dry air in heated rooms|改善暖气房的干燥空气
umbrella|雨伞|outdoor|9-45|diameter,直径,cm:98,105,120|sudden showers in the city|应对城里的阵雨"""),
    "garden": ("Garden", "园艺", "GAR", """frost resistant|耐冻;drainage hole|带排水孔;UV stable|抗紫外线;ergonomic handle|人体工学手柄;rust free|不生锈;with instructions for planting|附种植说明""", """
watering can|洒水壶|steel|9-45|capacity,容量,L:1.5,5,9|flowers on balcony and terrace|给阳台露台的花浇水
pruning shears|修枝剪|steel|9-49|length,长,cm:18,20,22|cutting roses and fruit trees|修剪月季和果树
flower pot|花盆|ceramic|5-39|diameter,直径,cm:14,20,28|herbs on the windowsill|窗台种香草
garden hose|花园水管|rubber|19-79|length,长,m:10,20,30|watering the lawn|浇灌草坪
raised bed|种植箱|wood|35-149|length,长,cm:80,120,180|growing vegetables without bending down|不弯腰也能种菜
solar path light|太阳能草坪灯|plastic|12-59|pieces,支数,:4,6,10|a lit path at night without wiring|无需布线照亮夜间小径"""),
}

ADJECTIVES = "classic|经典;compact|小巧;sturdy|结实;premium|高档;everyday|日用;lightweight|轻便;handmade|手工;modern|现代;vintage|复古;large|大号;simple|简约;professional|专业"

ORIGINS = "Portugal|葡萄牙;Vietnam|越南;Zhejiang|浙江;Guangdong|广东;Poland|波兰;Türkiye|土耳其;Jiangxi|江西;Japan|日本;Germany|德国"

# {n} the product, {m} its material, {c} its colour, {u} what it is for, {f} {g} features, {s} its measure.
DESCRIPTIONS_EN = [
    "A {a} {n} made of {m}. It is made for {u}. {F}, {g}.",
    "Made for {u}: this {n} of {m} comes in {c}. {F} and {g}.",
    "We chose {m} for this {n} because it lasts. {F}; {g}. Good for {u}.",
    "The {c} {n} measures up to daily use ({s}). Think of {u}. {F}, and {g} too.",
    "{F}, {g}: a {a} {n} in {m}. Our customers use it for {u}.",
]
DESCRIPTIONS_ZH = [
    "这款{a}{n}采用{m}制作，{u}。{f}，{g}。",
    "{u}：{c}{n}，选用{m}，{f}，而且{g}。",
    "我们为这款{n}选择了耐用的{m}。{f}；{g}。适合{u}。",
    "{c}{n}，规格{s}，满足日常使用，{u}。{f}，{g}。",
    "{f}，{g}。{m}材质的{a}{n}，顾客常用来{u}。",
]
REVIEWS_EN = [
    "Bought the {c} one and use it every day. {F}, as promised.", "Good {n}, fair price. The {m} feels solid.", "Arrived in two days, well packed. My sister wants one too.",
    "A little smaller than I had imagined, but {g}.", "Second one I order; the first is still like new after a year.", "The colour is darker than in the picture. Otherwise fine.",
    "Perfect as a gift.", "Exactly right for {u}.", "I wish it came in more sizes.", "Instructions were hard to read, yet the {n} itself is great.",
    "Three stars: {m} scratches more easily than I hoped.", "Does what it should. Nothing more, nothing less.",
]
REVIEWS_ZH = [
    "买的{c}，天天在用，确实{f}。", "{n}不错，价格合理，{m}很有质感。", "两天就到了，包装很好，妹妹也想要一个。", "比想象中小一点，不过{g}。", "第二次回购了，第一个用了一年还像新的。",
    "颜色比图片深一些，其他都好。", "送礼很合适，朋友很喜欢。", "用来{u}正好。", "希望能多出几个尺寸。", "说明书字太小，东西本身很棒。", "三星，{m}比想象的容易刮花。", "中规中矩，够用。",
]

# Text, language, product (English name), and the colour or material that it asks for; a model number is filled in where the text is empty.
QUERIES = [
    ("熊猫毛绒玩具", "zh", "panda plush toy", None), ("panda plush toy", "en", "panda plush toy", None),
    ("工业钢管", "zh", "industrial steel pipe", None), ("industrial steel pipe", "en", "industrial steel pipe", None),
    ("给宝宝洗澡的时候玩的东西", "zh", "bath toy set", None), ("a cup that keeps my coffee hot while I drive", "en", "insulated travel mug", None),
    ("露营晚上照明用什么", "zh", "camping lantern", None), ("sound in the train drives me mad, what can I wear?", "en", "noise-cancelling headphones", None),
    ("red cotton bath towel", "en", "bath towel", ("red", "cotton")), ("黑色降噪耳机", "zh", "noise-cancelling headphones", ("black", None)),
    ("USB-C 充电线 2m", "zh", "USB-C charging cable", None), ("something to practise Chinese characters with", "en", "calligraphy brush", None),
    ("冬天脖子冷", "zh", "scarf", None), ("", "sku", "wireless mouse", None), ("", "sku-lower", "gate valve", None), ("", "sku-joined", "fountain pen", None),
]
